// DNS credentials: their users, tests and replacement of values. Stored values are never shown.
import { ActionIcon, Button, EmptyState, Group, Table, Text } from '@mantine/core';
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
import { messages } from '../messages.ts';
import { TextLink } from '../ui/link.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { Time } from '../ui/time.tsx';
import { openCreateCredential, openReplaceCredential } from './credential-form.tsx';
import { LimitSummary, openLimits } from './limits.tsx';
import { openRemoveCredential } from './remove-credential.tsx';
import { openTestCredential } from './test-credential.tsx';

const text = messages.dns;
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
    <EmptyState
      py={40}
      icon={<IconWorldCog size={40} stroke={1.5} aria-hidden />}
      title={text.empty.title}
      description={text.empty.text}
    >
      <EmptyState.Actions>
        <Button onClick={openCreateCredential}>{text.new}</Button>
      </EmptyState.Actions>
    </EmptyState>
  );
}

interface TableProps {
  readonly credentials: readonly DnsCredential[];
  nameOf(provider: string): string;
}

function CredentialTable({ credentials, nameOf }: TableProps) {
  const { name, provider, limits, usedBy, updated, actions } = text.columns;
  return (
    <Table.ScrollContainer minWidth={640} type="native">
      <Table verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            {[name, provider, limits, usedBy, updated].map((label) => (
              <Table.Th key={label} fz="xs" c="dimmed" fw={500}>
                {label}
              </Table.Th>
            ))}
            <Table.Th fz="xs" c="dimmed" fw={500} ta="right">
              {actions}
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {credentials.map((credential) => (
            <Table.Tr key={credential.id}>
              <Table.Td fw={550}>{credential.name}</Table.Td>
              <Table.Td>{nameOf(credential.provider)}</Table.Td>
              <Table.Td>
                <LimitSummary {...credential} />
              </Table.Td>
              <Table.Td>
                <Users usedBy={credential.usedBy} />
              </Table.Td>
              <Table.Td>
                <Time at={credential.updatedAt} as="date" />
              </Table.Td>
              <Table.Td>
                <Actions credential={credential} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
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
  const actions = [
    { label: text.test.action(credential.name), icon: IconPlugConnected, open: openTestCredential },
    { label: text.limits.action(credential.name), icon: IconLock, open: openLimits },
    { label: text.replaceAction(credential.name), icon: IconReplace, open: openReplaceCredential },
    { label: text.remove.action(credential.name), icon: IconTrash, open: openRemoveCredential },
  ];
  return (
    <Group gap={4} justify="flex-end" wrap="nowrap">
      {actions.map(({ label, icon: Icon, open }) => (
        <ActionIcon
          key={label}
          variant="subtle"
          color={open === openRemoveCredential ? 'red' : 'gray'}
          aria-label={label}
          title={label}
          onClick={() => open(credential)}
        >
          <Icon size={18} stroke={1.75} aria-hidden />
        </ActionIcon>
      ))}
    </Group>
  );
}
