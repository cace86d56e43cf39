// Browsers that are signed in, and whether a restart signs them out.
import { ActionIcon, Stack, Switch, Table, Text } from '@mantine/core';
import { IconLogout } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Session } from '../../shared/session.ts';
import type { Settings } from '../../shared/settings.ts';
import { useApi } from '../api.ts';
import { messages } from '../messages.ts';
import { notifyDone } from '../ui/notify.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { Time } from '../ui/time.tsx';
import { useSaveSettings } from './use-save.ts';

const text = messages.settings.sessions;

export function SessionsPanel({
  sessions: { signOutOnRestart },
}: {
  readonly sessions: Settings['sessions'];
}) {
  const api = useApi();
  const save = useSaveSettings();
  const list = useQuery(api.sessions.list.queryOptions());
  return (
    <Panel title={text.title}>
      <Stack gap="md">
        <Switch
          label={text.signOutOnRestart}
          checked={signOutOnRestart}
          onChange={(event) =>
            save.mutate(
              { body: { sessions: { signOutOnRestart: event.currentTarget.checked } } },
              { onError: notifyFailure },
            )
          }
        />
        <QueryView query={list}>
          {({ sessions }) =>
            sessions.length === 0 ? <Text c="dimmed">{text.none}</Text> : <Sessions sessions={sessions} />
          }
        </QueryView>
      </Stack>
    </Panel>
  );
}

function Sessions({ sessions }: { readonly sessions: readonly Session[] }) {
  const api = useApi();
  const end = useMutation(
    api.sessions.end.mutationOptions({
      onSuccess: () => notifyDone(text.signedOut),
      onError: notifyFailure,
    }),
  );
  const { browser, since, lastUsed, until, actions } = text.columns;
  return (
    <Table verticalSpacing="xs">
      <Table.Thead>
        <Table.Tr>
          {[browser, since, lastUsed, until, actions].map((label) => (
            <Table.Th key={label} fz="xs" c="dimmed" fw={500} ta={label === actions ? 'right' : 'left'}>
              {label}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {sessions.map(({ id, name, address, createdAt, lastUsedAt, expiresAt }) => (
          <Table.Tr key={id}>
            <Table.Td>
              {name}
              {address !== null && (
                <Text fz="xs" c="dimmed">
                  {address}
                </Text>
              )}
            </Table.Td>
            <Table.Td>
              <Time at={createdAt} as="relative" />
            </Table.Td>
            <Table.Td>
              <Time at={lastUsedAt} as="relative" />
            </Table.Td>
            <Table.Td>
              <Time at={expiresAt} />
            </Table.Td>
            <Table.Td ta="right">
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={text.signOut(name)}
                title={text.signOut(name)}
                onClick={() => end.mutate({ sessionId: id })}
              >
                <IconLogout size={18} stroke={1.75} aria-hidden />
              </ActionIcon>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
