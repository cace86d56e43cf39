// DNS credentials: their users, tests and replacement of values. Stored values are never shown.
import { Button, Text } from '@mantine/core';
import {
  IconLock,
  IconPlugConnected,
  IconPlus,
  IconReplace,
  IconTrash,
  IconWorldCog,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { DnsCredential } from '../../shared/dns-credential.ts';
import { useApi } from '../api.ts';
import { EmptyList } from '../lists/empty.tsx';
import { dns as dnsTexts } from '../messages/dns.ts';
import { DataTable } from '../ui/data-table.tsx';
import { TextLink } from '../ui/link.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { RowActions } from '../ui/row-actions.tsx';
import { Time } from '../ui/time.tsx';
import { openCreateCredential, openReplaceCredential } from './credential-form.tsx';
import { LimitSummary, openLimits } from './limits.tsx';
import { openRemoveCredential } from './remove-credential.tsx';
import { openTestCredential } from './test-credential.tsx';

const text = dnsTexts;
/** Above this number, only the count of projects is shown. */
const NAMED = 3;

export function DnsCredentialsPage() {
  const api = useApi();
  const credentials = useQuery(api.dnsCredentials.list.queryOptions());
  const providers = useQuery(api.system.dnsProviders.queryOptions());
  const nameOf = (id: string): string =>
    providers.data?.dnsProviders.find((provider) => provider.id === id)?.name ?? id;
  return (
    <Page
      title={text.title}
      description={text.description}
      actions={
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={openCreateCredential}>
          {text.new}
        </Button>
      }
    >
      <Panel flush>
        <QueryView query={credentials}>
          {({ dnsCredentials }) =>
            dnsCredentials.length === 0 ? (
              <NoCredentials />
            ) : (
              <CredentialTable credentials={dnsCredentials} nameOf={nameOf} />
            )
          }
        </QueryView>
      </Panel>
    </Page>
  );
}

function NoCredentials() {
  return (
    <EmptyList icon={IconWorldCog} text={text.empty}>
      <Button onClick={openCreateCredential}>{text.new}</Button>
    </EmptyList>
  );
}

interface TableProps {
  readonly credentials: readonly DnsCredential[];
  nameOf(provider: string): string;
}

function CredentialTable({ credentials, nameOf }: TableProps) {
  const { name, provider, limits, usedBy, updated, actions } = text.columns;
  return (
    <DataTable
      label={text.title}
      rows={credentials}
      keyOf={({ id }) => id}
      columns={[
        { label: name, cell: (credential) => <Text fw={550}>{credential.name}</Text> },
        { label: provider, cell: (credential) => nameOf(credential.provider) },
        { label: limits, cell: (credential) => <LimitSummary {...credential} /> },
        { label: usedBy, cell: (credential) => <Users usedBy={credential.usedBy} /> },
        { label: updated, cell: ({ updatedAt }) => <Time at={updatedAt} as="date" /> },
        { label: actions, align: 'right', cell: (credential) => <Actions credential={credential} /> },
      ]}
    />
  );
}

function Users({ usedBy }: Pick<DnsCredential, 'usedBy'>) {
  if (usedBy.length === 0) return <Text c="dimmed">{text.unused}</Text>;
  if (usedBy.length > NAMED) return text.users(usedBy.length);
  return usedBy.map(({ id, name, domain }) => (
    <div key={id}>
      <TextLink to="/projects/$id" params={{ id }}>
        {domain ?? name}
      </TextLink>
    </div>
  ));
}

function Actions({ credential }: { readonly credential: DnsCredential }) {
  const { name } = credential;
  return (
    <RowActions
      actions={[
        {
          label: text.test.action(name),
          word: text.test.word,
          icon: IconPlugConnected,
          run: () => openTestCredential(credential),
        },
        {
          label: text.limits.action(name),
          word: text.limits.word,
          icon: IconLock,
          run: () => openLimits(credential),
        },
        {
          label: text.replaceAction(name),
          word: text.replaceWord,
          icon: IconReplace,
          run: () => openReplaceCredential(credential),
        },
        {
          label: text.remove.action(name),
          word: text.remove.word,
          icon: IconTrash,
          isDangerous: true,
          run: () => openRemoveCredential(credential),
        },
      ]}
    />
  );
}
