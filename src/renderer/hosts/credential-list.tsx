// The credentials that Certdesk signs in to hosts with, and secrets for files and commands.

import { ActionIcon, Button, EmptyState, Group, Stack, Table, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { IconKey, IconReplace, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { HOST_CREDENTIAL_KIND_LABELS, type HostCredential } from '../../shared/host.ts';
import { useApi } from '../api.ts';
import { hosts as hostTexts } from '../messages/hosts.ts';
import { CodeBlock } from '../ui/copy.tsx';
import { TextLink } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { Time } from '../ui/time.tsx';
import { openCreateHostCredential, openReplaceHostCredential } from './credential-form.tsx';
import { openRemoveHostCredential } from './remove-credential.tsx';

const text = hostTexts.credentials;
/** Above this number, only the count of hosts is shown. */
const NAMED = 3;

export function CredentialList() {
  const api = useApi();
  const credentials = useQuery(api.hostCredentials.list.queryOptions());
  return (
    <Panel flush>
      <QueryView query={credentials}>
        {({ hostCredentials }) =>
          hostCredentials.length === 0 ? <NoCredentials /> : <CredentialTable credentials={hostCredentials} />
        }
      </QueryView>
    </Panel>
  );
}

function NoCredentials() {
  return (
    <EmptyState
      py={40}
      icon={<IconKey size={40} stroke={1.5} aria-hidden />}
      title={text.empty.title}
      description={text.empty.text}
    >
      <EmptyState.Actions>
        <Button onClick={openCreateHostCredential}>{text.new}</Button>
      </EmptyState.Actions>
    </EmptyState>
  );
}

function CredentialTable({ credentials }: { readonly credentials: readonly HostCredential[] }) {
  const { name, kind, usedBy, updated, actions } = text.columns;
  return (
    <Table.ScrollContainer
      minWidth={560}
      type="native"
      tabIndex={0}
      role="group"
      aria-label={hostTexts.tabs.credentials}
    >
      <Table verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            {[name, kind, usedBy, updated].map((label) => (
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
              <Table.Td>{HOST_CREDENTIAL_KIND_LABELS[credential.kind]}</Table.Td>
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

function Users({ usedBy }: Pick<HostCredential, 'usedBy'>) {
  if (usedBy.length === 0) return <Text c="dimmed">{text.unused}</Text>;
  if (usedBy.length > NAMED) return text.users(usedBy.length);
  return usedBy.map(({ id, name }) => (
    <div key={id}>
      <TextLink to="/hosts/$hostId" params={{ hostId: id }}>
        {name}
      </TextLink>
    </div>
  ));
}

function Actions({ credential }: { readonly credential: HostCredential }) {
  const actions = [
    ...(credential.publicKey === null
      ? []
      : [{ label: text.showKey(credential.name), icon: IconKey, open: openPublicKey }]),
    { label: text.replaceAction(credential.name), icon: IconReplace, open: openReplaceHostCredential },
    { label: text.remove.action(credential.name), icon: IconTrash, open: openRemoveHostCredential },
  ];
  return (
    <Group gap={4} justify="flex-end" wrap="nowrap">
      {actions.map(({ label, icon: Icon, open }) => (
        <ActionIcon
          key={label}
          variant="subtle"
          color={open === openRemoveHostCredential ? 'red' : 'gray'}
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

function openPublicKey({ name, publicKey }: HostCredential): void {
  if (publicKey === null) return;
  modals.open({
    title: text.publicKeyTitle(name),
    size: 'lg',
    children: (
      <Stack gap="sm">
        <Text>{text.publicKeyText}</Text>
        <CodeBlock code={publicKey.line} what={text.publicKey} wrap />
      </Stack>
    ),
  });
}
