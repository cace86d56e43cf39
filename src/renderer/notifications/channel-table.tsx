// The table of channels: destination, events and status.
import { ActionIcon, Group, Table, Text } from '@mantine/core';
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
import { messages } from '../messages.ts';
import { TagList } from '../tags/tag-list.tsx';
import { Chip } from '../ui/chip.tsx';
import type { Face } from '../ui/status-style.ts';
import { ServerText, Time } from '../ui/time.tsx';
import { openEditChannel } from './channel-form.tsx';
import { KINDS } from './channel-values.ts';
import { openRemoveChannel } from './remove-channel.tsx';
import { openTestChannel } from './test-channel.tsx';

const text = messages.notifications;

export function ChannelTable({ channels }: { readonly channels: readonly Channel[] }) {
  const { channel, events, state, actions } = text.columns;
  return (
    <Table.ScrollContainer minWidth={560} type="native">
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            {[channel, events, state, actions].map((label) => (
              <Table.Th key={label} fz="xs" c="dimmed" fw={500} ta={label === actions ? 'right' : 'left'}>
                {label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {channels.map((each) => (
            <Table.Tr key={each.id}>
              <Table.Td>
                <Text fw={550} fz="sm" style={{ overflowWrap: 'anywhere' }}>
                  {each.name}
                </Text>
                <Text fz="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                  {whereOf(each)}
                </Text>
              </Table.Td>
              <Table.Td title={each.kinds.map((kind) => text.kinds[kind]).join('\n')}>
                {each.kinds.length === KINDS.length
                  ? text.allKinds
                  : text.someKinds(each.kinds.length, KINDS.length)}
                {each.tags.length > 0 && <TagList tags={each.tags} />}
              </Table.Td>
              <Table.Td>
                <State channel={each} />
              </Table.Td>
              <Table.Td>
                <Actions channel={each} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
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
  const actions = [
    { label: text.test.action(name), icon: IconSend, open: openTestChannel },
    { label: text.form.editAction(name), icon: IconPencil, open: openEditChannel },
    { label: text.remove.action(name), icon: IconTrash, open: openRemoveChannel },
  ];
  return (
    <Group gap={4} justify="flex-end" wrap="nowrap">
      {actions.map(({ label, icon: Icon, open }) => (
        <ActionIcon
          key={label}
          variant="subtle"
          color={open === openRemoveChannel ? 'red' : 'gray'}
          aria-label={label}
          title={label}
          onClick={() => open(channel)}
        >
          <Icon size={18} stroke={1.75} aria-hidden />
        </ActionIcon>
      ))}
    </Group>
  );
}
