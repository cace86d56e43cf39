// The open sessions, each with a button that ends it.
import { ActionIcon, Badge, Group, Table, Text } from '@mantine/core';
import { IconLogout } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Session } from '../../shared/session.ts';
import { useApi } from '../api.ts';
import { useAppContext } from '../app-context.ts';
import { messages } from '../messages.ts';
import { notifyDone } from '../ui/notify.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { Time } from '../ui/time.tsx';

const text = messages.settings.sessions;
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
          <Text c="dimmed">{text.none}</Text>
        ) : (
          <Table.ScrollContainer minWidth={480} type="native">
            <Table verticalSpacing="xs">
              <Table.Thead>
                <Table.Tr>
                  {Object.values(columns).map((label) => (
                    <Table.Th
                      key={label}
                      fz="xs"
                      c="dimmed"
                      fw={500}
                      ta={label === columns.actions ? 'right' : 'left'}
                    >
                      {label}
                    </Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {sessions.map((session) => (
                  <SessionRow key={session.id} session={session} />
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )
      }
    </QueryView>
  );
}

function SessionRow({ session }: { readonly session: ListedSession }) {
  const { id, name, address, createdAt, lastActiveAt, expiresAt, current } = session;
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
    <Table.Tr>
      <Table.Td>
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
      </Table.Td>
      <Table.Td>
        <Time at={createdAt} as="relative" />
      </Table.Td>
      <Table.Td>
        <Time at={lastActiveAt} as="relative" />
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
  );
}
