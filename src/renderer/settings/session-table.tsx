// The open sessions, each with a button that ends it.
import { Badge, Group, Text } from '@mantine/core';
import { IconLogout } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Session } from '../../shared/session.ts';
import { useApi } from '../api.ts';
import { useAppContext } from '../app-context.ts';
import { settings as settingsTexts } from '../messages/settings.ts';
import { messages } from '../messages.ts';
import { DataTable } from '../ui/data-table.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { RowActions } from '../ui/row-actions.tsx';
import { Time } from '../ui/time.tsx';

const text = settingsTexts.sessions;
const columns = text.columns;

/** A session as the API lists it. */
interface ListedSession extends Session {
  /** This browser's session. */
  readonly current: boolean;
}

export function SessionTable() {
  const list = useQuery(useApi().sessions.list.queryOptions());
  return (
    <QueryView query={list}>
      {({ sessions }) =>
        sessions.length === 0 ? (
          <Text c="dimmed" p="md">
            {text.none}
          </Text>
        ) : (
          <DataTable
            label={text.title}
            rows={sessions}
            keyOf={({ id }) => id}
            columns={[
              { label: columns.browser, cell: (session) => <Browser session={session} /> },
              { label: columns.since, cell: ({ createdAt }) => <Time at={createdAt} as="relative" /> },
              {
                label: columns.lastActive,
                cell: ({ lastActiveAt }) => <Time at={lastActiveAt} as="relative" />,
              },
              { label: columns.until, cell: ({ expiresAt }) => <Time at={expiresAt} /> },
              { label: columns.actions, align: 'right', cell: (session) => <SignOut session={session} /> },
            ]}
          />
        )
      }
    </QueryView>
  );
}

function Browser({ session: { name, address, current } }: { readonly session: ListedSession }) {
  return (
    <>
      <Group gap="xs">
        {name}
        {current && (
          <Badge variant="light" size="sm" tt="none">
            {text.thisBrowser}
          </Badge>
        )}
      </Group>
      {address !== null && (
        <Text fz="xs" c="dimmed">
          {address}
        </Text>
      )}
    </>
  );
}

function SignOut({ session: { id, name, current } }: { readonly session: ListedSession }) {
  const api = useApi();
  const { browser } = useAppContext().session;
  const end = useMutation(
    api.sessions.end.mutationOptions({
      // Ending this browser's session signs out: the next call would be refused.
      onSuccess: () => (current ? browser?.left() : notifyDone(text.signedOut)),
      onError: notifyFailure,
    }),
  );
  return (
    <RowActions
      actions={[
        {
          label: text.signOut(name),
          word: messages.shell.signOut,
          icon: IconLogout,
          run: () => end.mutate({ sessionId: id }),
        },
      ]}
    />
  );
}
