// The notifications panel: channels, weekly summary and deliveries.
import { Button, Divider, Stack, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Settings } from '../../shared/settings.ts';
import { useApi } from '../api.ts';
import { messages } from '../messages.ts';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { openCreateChannel } from './channel-form.tsx';
import { ChannelTable } from './channel-table.tsx';
import { DELIVERS_EVERY_MS } from './channel-values.ts';
import { Deliveries } from './deliveries.tsx';
import { DigestForm } from './digest-form.tsx';

const text = messages.notifications;

export function NotificationsPanel({ notifications }: { readonly notifications: Settings['notifications'] }) {
  const api = useApi();
  const list = useQuery({ ...api.notifications.list.queryOptions(), refetchInterval: DELIVERS_EVERY_MS });
  return (
    <Panel
      title={text.title}
      aside={
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={openCreateChannel}
        >
          {text.new}
        </Button>
      }
    >
      <Stack gap="lg">
        <Text c="dimmed">{text.text}</Text>
        <QueryView query={list}>
          {({ channels }) =>
            channels.length === 0 ? (
              <Text>{text.none}</Text>
            ) : (
              <>
                <ChannelTable channels={channels} />
                <Deliveries channels={channels} />
              </>
            )
          }
        </QueryView>
        <Divider />
        <DigestForm notifications={notifications} />
      </Stack>
    </Panel>
  );
}
