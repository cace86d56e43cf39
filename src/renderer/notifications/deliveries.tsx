// Pending, failed and delivered messages.
import { Switch, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Channel, Delivery } from '../../shared/notification.ts';
import { useApi } from '../api.ts';
import { notifications as notificationTexts } from '../messages/notifications.ts';
import { messages } from '../messages.ts';
import { Chip } from '../ui/chip.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { type Face, JOB_FACES } from '../ui/status-style.ts';
import { ServerText, Time } from '../ui/time.tsx';
import { DELIVERS_EVERY_MS } from './channel-values.ts';

const text = notificationTexts.queue;
const ASKED = 200;
const SHOWN = 20;

const FACES: Readonly<Record<Delivery['state'], Face>> = {
  waiting: { ...JOB_FACES.queued, label: text.states.waiting },
  sent: { ...JOB_FACES.succeeded, label: text.states.sent },
  'given-up': { ...JOB_FACES.failed, label: text.states['given-up'] },
};

export function Deliveries({ channels }: { readonly channels: readonly Channel[] }) {
  const api = useApi();
  const [all, setAll] = useState(false);
  const queue = useQuery({
    ...api.notifications.queue.queryOptions({ limit: ASKED }),
    refetchInterval: DELIVERS_EVERY_MS,
  });
  return (
    <Panel
      title={text.title}
      aside={
        <Switch
          size="sm"
          label={text.showSent}
          checked={all}
          onChange={(event) => setAll(event.currentTarget.checked)}
        />
      }
      flush
    >
      <QueryView query={queue} lines={2}>
        {({ deliveries }) => {
          const shown = deliveries.filter(({ state }) => all || state !== 'sent').slice(0, SHOWN);
          if (shown.length > 0) return <DeliveryTable deliveries={shown} channels={channels} />;
          return (
            <Text c="dimmed" p="md">
              {all ? text.noneEver : text.none}
            </Text>
          );
        }}
      </QueryView>
    </Panel>
  );
}

interface TableProps {
  readonly deliveries: readonly Delivery[];
  readonly channels: readonly Channel[];
}

function DeliveryTable({ deliveries, channels }: TableProps) {
  const { message, channel, state } = text.columns;
  return (
    <DataTable
      label={text.title}
      rows={deliveries}
      keyOf={({ id }) => id}
      columns={[
        { label: message, cell: (delivery) => <Message delivery={delivery} /> },
        {
          label: channel,
          cell: ({ channelId }) => channels.find(({ id }) => id === channelId)?.name ?? text.gone,
        },
        { label: state, cell: (delivery) => <State delivery={delivery} /> },
      ]}
    />
  );
}

function Message({ delivery: { title, createdAt } }: { readonly delivery: Delivery }) {
  return (
    <>
      {title}
      <Text fz="xs" c="dimmed">
        <Time at={createdAt} />
      </Text>
    </>
  );
}

function State({ delivery: { state, attempts, nextAttemptAt, lastError } }: { readonly delivery: Delivery }) {
  return (
    <>
      <Chip face={FACES[state]} />
      {state !== 'sent' && attempts > 0 && <Text fz="xs">{messages.attempts(attempts)}</Text>}
      {state === 'waiting' && attempts > 0 && nextAttemptAt !== null && (
        <Text fz="xs">
          {text.next} <Time at={nextAttemptAt} as="relative" />
        </Text>
      )}
      {state !== 'sent' && lastError !== null && (
        <Text fz="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          <ServerText>{lastError}</ServerText>
        </Text>
      )}
    </>
  );
}
