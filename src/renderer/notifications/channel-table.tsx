// The table of channels: destination, events and status.
import { Text } from '@mantine/core';
import {
  IconBellOff,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconPencil,
  IconSend,
  IconTrash,
} from '@tabler/icons-react';
import type { Channel } from '../../shared/notification.ts';
import { notifications as notificationTexts } from '../messages/notifications.ts';
import { TagList } from '../tags/tag-list.tsx';
import { Chip } from '../ui/chip.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { RowActions } from '../ui/row-actions.tsx';
import type { Face } from '../ui/status-style.ts';
import { ServerText, Time } from '../ui/time.tsx';
import { openEditChannel } from './channel-form.tsx';
import { KINDS } from './channel-values.ts';
import { openRemoveChannel } from './remove-channel.tsx';
import { openTestChannel } from './test-channel.tsx';

const text = notificationTexts;

export function ChannelTable({ channels }: { readonly channels: readonly Channel[] }) {
  const { channel, events, state, actions } = text.columns;
  return (
    <DataTable
      label={text.channels}
      rows={channels}
      keyOf={({ id }) => id}
      columns={[
        { label: channel, cell: (each) => <Destination channel={each} /> },
        {
          label: events,
          title: ({ kinds }) => kinds.map((kind) => text.kinds[kind]).join('\n'),
          cell: ({ kinds, tags }) => (
            <>
              {kinds.length === KINDS.length ? text.allKinds : text.someKinds(kinds.length, KINDS.length)}
              {tags.length > 0 && <TagList tags={tags} />}
            </>
          ),
        },
        { label: state, cell: (each) => <State channel={each} /> },
        { label: actions, align: 'right', cell: (each) => <Actions channel={each} /> },
      ]}
    />
  );
}

function Destination({ channel }: { readonly channel: Channel }) {
  return (
    <>
      <Text fw={550} fz="sm">
        {channel.name}
      </Text>
      <Text fz="xs" c="dimmed">
        {whereOf(channel)}
      </Text>
    </>
  );
}

/** Formats a destination: `Slack, https://hooks.slack.com/…` or `smtp.example.com, 2 recipients`. */
function whereOf({ email, webhook }: Channel): string {
  if (webhook !== null) return `${text.presets[webhook.preset]}, ${webhook.url}`;
  if (email === null) return '';
  const [first = ''] = email.to;
  return `${email.host}, ${email.to.length === 1 ? first : text.recipients(email.to.length)}`;
}

function faceOf({ enabled, lastError, lastSentAt }: Channel): Face {
  if (!enabled) return { tone: 'idle', icon: IconBellOff, label: text.states.off };
  if (lastError !== null) return { tone: 'bad', icon: IconCircleX, label: text.states.fails };
  if (lastSentAt === null) return { tone: 'idle', icon: IconCircleDashed, label: text.states.untried };
  return { tone: 'ok', icon: IconCircleCheck, label: text.states.works };
}

function State({ channel }: { readonly channel: Channel }) {
  const { lastError, lastSentAt, waiting } = channel;
  return (
    <>
      <Chip face={faceOf(channel)} />
      {waiting > 0 && <Text fz="xs">{text.waiting(waiting)}</Text>}
      {lastError !== null && (
        <Text fz="xs" style={{ overflowWrap: 'anywhere' }}>
          <ServerText>{lastError}</ServerText>
        </Text>
      )}
      {lastSentAt !== null && (
        <Text fz="xs" c="dimmed">
          {text.lastSent} <Time at={lastSentAt} as="relative" />
        </Text>
      )}
    </>
  );
}

function Actions({ channel }: { readonly channel: Channel }) {
  const { name } = channel;
  return (
    <RowActions
      actions={[
        {
          label: text.test.action(name),
          word: text.test.word,
          icon: IconSend,
          run: () => openTestChannel(channel),
        },
        {
          label: text.form.editAction(name),
          word: text.form.editWord,
          icon: IconPencil,
          run: () => openEditChannel(channel),
        },
        {
          label: text.remove.action(name),
          word: text.remove.word,
          icon: IconTrash,
          isDangerous: true,
          run: () => openRemoveChannel(channel),
        },
      ]}
    />
  );
}
