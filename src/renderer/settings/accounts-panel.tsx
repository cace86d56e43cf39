// The ACME accounts at CAs.
import { Badge, Button, Group, Table, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { CaAccount } from '../../shared/ca-account.ts';
import { useApi } from '../api.ts';
import { messages } from '../messages.ts';
import { notifyDone } from '../ui/notify.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { Time } from '../ui/time.tsx';
import { openReplaceAccount } from './replace-account.tsx';

const text = messages.settings.accounts;

export function AccountsPanel() {
  const api = useApi();
  const accounts = useQuery(api.system.caAccounts.queryOptions());
  return (
    <Panel title={text.title}>
      <QueryView query={accounts}>
        {(data) =>
          data.accounts.length === 0 ? (
            <Text c="dimmed">{text.none}</Text>
          ) : (
            <Accounts accounts={data.accounts} />
          )
        }
      </QueryView>
    </Panel>
  );
}

function Accounts({ accounts }: { readonly accounts: readonly CaAccount[] }) {
  const { ca, email, since, certificates, actions } = text.columns;
  return (
    <Table.ScrollContainer minWidth={600} type="native">
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            {[ca, email, since, certificates, actions].map((label) => (
              <Table.Th key={label} fz="xs" c="dimmed" fw={500} ta={label === actions ? 'right' : 'left'}>
                {label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {accounts.map((account) => (
            <Table.Tr key={account.id}>
              <Table.Td>
                <Group gap={6}>
                  {nameOf(account)}
                  {account.staging === true && (
                    <Badge variant="light" color="gray" tt="none">
                      {text.staging}
                    </Badge>
                  )}
                </Group>
                <Text fz="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                  {account.url ?? account.directoryUrl}
                </Text>
              </Table.Td>
              <Table.Td>{account.email ?? text.noEmail}</Table.Td>
              <Table.Td>
                <Time at={account.createdAt} as="date" />
              </Table.Td>
              <Table.Td>{text.count(account.certificates)}</Table.Td>
              <Table.Td>
                {account.url !== null && (
                  <Group gap={6} justify="flex-end" wrap="nowrap">
                    <ChangeKey account={account} />
                    <ReplaceButton account={account} />
                  </Group>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** A CA without a name is shown by its directory's host. */
function nameOf({ ca, directoryUrl }: CaAccount): string {
  return ca ?? URL.parse(directoryUrl)?.host ?? text.unknown;
}

/** Replaces the key without confirmation: the old key becomes invalid, and nothing else changes. */
function ChangeKey({ account }: { readonly account: CaAccount }) {
  const api = useApi();
  const change = useMutation(
    api.system.changeAccountKey.mutationOptions({
      onSuccess: () => notifyDone(text.changed),
      onError: notifyFailure,
    }),
  );
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={change.isPending}
      aria-label={text.changeKeyOf(nameOf(account))}
      onClick={() => change.mutate({ id: account.id })}
    >
      {text.changeKey}
    </Button>
  );
}

function ReplaceButton({ account }: { readonly account: CaAccount }) {
  return (
    <Button
      size="compact-xs"
      variant="default"
      aria-label={text.replace.of(nameOf(account))}
      onClick={() => openReplaceAccount(account)}
    >
      {text.replace.button}
    </Button>
  );
}
