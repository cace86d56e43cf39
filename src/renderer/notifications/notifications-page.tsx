// Notifications: the channels, their deliveries, and the weekly summary.
import { Button, Stack, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../api.ts';
import { notifications as notificationTexts } from '../messages/notifications.ts';
import { Notice } from '../ui/notice.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { openCreateChannel } from './channel-form.tsx';
import { ChannelTable } from './channel-table.tsx';
import { DELIVERS_EVERY_MS } from './channel-values.ts';
import { Deliveries } from './deliveries.tsx';
import { DigestForm } from './digest-form.tsx';

const text = notificationTexts;

export function NotificationsPage() {
  const api = useApi();
  const list = useQuery({ ...api.notifications.list.queryOptions(), refetchInterval: DELIVERS_EVERY_MS });
  const settings = useQuery(api.settings.get.queryOptions());
  return (
    <Page
      title={text.title}
      description={text.text}
      actions={
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={openCreateChannel}>
          {text.new}
        </Button>
      }
    >
      <Stack gap="md">
        <QueryView query={list}>
          {({ channels }) =>
            channels.length === 0 ? (
              <Panel title={text.channels}>
                <Text c="dimmed">{text.none}</Text>
              </Panel>
            ) : (
              <>
                {channels.some(({ enabled }) => enabled) &&
                  channels.every(({ enabled, tags }) => !enabled || tags.length > 0) && (
                    <Notice tone="warn" title={text.onlyTagged.title}>
                      {text.onlyTagged.text}
                    </Notice>
                  )}
                <Panel title={text.channels} flush>
                  <ChannelTable channels={channels} />
                </Panel>
                <Deliveries channels={channels} />
              </>
            )
          }
        </QueryView>
        <Panel title={text.digest.title}>
          <QueryView query={settings}>
            {({ notifications }) => <DigestForm notifications={notifications} />}
          </QueryView>
        </Panel>
      </Stack>
    </Page>
  );
}
