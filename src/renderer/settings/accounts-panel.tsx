// The ACME accounts at CAs.
import { Badge, Button, Group, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { CaAccount } from '../../shared/ca-account.ts';
import { useApi } from '../api.ts';
import { formatNumber } from '../format.ts';
import { settings as settingsTexts } from '../messages/settings.ts';
import { DataTable } from '../ui/data-table.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { Time } from '../ui/time.tsx';
import { openReplaceAccount } from './replace-account.tsx';

const text = settingsTexts.accounts;

export function AccountsPanel() {
  const api = useApi();
  const accounts = useQuery(api.system.caAccounts.queryOptions());
  return (
    <Panel title={text.title} flush>
      <QueryView query={accounts}>
        {(data) =>
          data.accounts.length === 0 ? (
            <Text c="dimmed" p="md">
              {text.none}
            </Text>
          ) : (
            <>
              <Accounts accounts={data.accounts} />
              <Text c="dimmed" fz="sm" p="md">
                {text.hint}
              </Text>
            </>
          )
        }
      </QueryView>
    </Panel>
  );
}

function Accounts({ accounts }: { readonly accounts: readonly CaAccount[] }) {
  const { ca, email, since, certificates, actions } = text.columns;
  return (
    <DataTable
      label={text.title}
      rows={accounts}
      keyOf={({ id }) => id}
      columns={[
        { label: ca, width: '38%', cell: (account) => <Authority account={account} /> },
        { label: email, width: '20%', cell: (account) => account.email ?? text.noEmail },
        { label: since, nowrap: true, cell: ({ createdAt }) => <Time at={createdAt} as="date" /> },
        { label: certificates, cell: (account) => formatNumber(account.certificates) },
        {
          label: actions,
          align: 'right',
          cell: (account) =>
            account.url !== null && (
              <Group gap={6} wrap="nowrap" display="inline-flex">
                <ChangeKey account={account} />
                <ReplaceButton account={account} />
              </Group>
            ),
        },
      ]}
    />
  );
}

function Authority({ account }: { readonly account: CaAccount }) {
  return (
    <>
      <Group gap={6}>
        {nameOf(account)}
        {account.staging === true && (
          <Badge variant="light" color="gray" tt="none">
            {text.staging}
          </Badge>
        )}
      </Group>
      <Text fz="xs" c="dimmed">
        {account.url ?? account.directoryUrl}
      </Text>
    </>
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
