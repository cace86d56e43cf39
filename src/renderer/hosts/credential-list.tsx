// The credentials that Certdesk signs in to hosts with, and secrets for files and commands.

import { Button, Stack, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { IconKey, IconReplace, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { HOST_CREDENTIAL_KIND_LABELS, type HostCredential } from '../../shared/host.ts';
import { useApi } from '../api.ts';
import { EmptyList } from '../lists/empty.tsx';
import { hosts as hostTexts } from '../messages/hosts.ts';
import { CodeBlock } from '../ui/copy.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { TextLink } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { RowActions } from '../ui/row-actions.tsx';
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
    <EmptyList icon={IconKey} text={text.empty}>
      <Button onClick={openCreateHostCredential}>{text.new}</Button>
    </EmptyList>
  );
}

function CredentialTable({ credentials }: { readonly credentials: readonly HostCredential[] }) {
  const { name, kind, usedBy, updated, actions } = text.columns;
  return (
    <DataTable
      label={hostTexts.tabs.credentials}
      rows={credentials}
      keyOf={({ id }) => id}
      columns={[
        { label: name, cell: (credential) => <Text fw={550}>{credential.name}</Text> },
        { label: kind, cell: (credential) => HOST_CREDENTIAL_KIND_LABELS[credential.kind] },
        { label: usedBy, cell: (credential) => <Users usedBy={credential.usedBy} /> },
        { label: updated, cell: ({ updatedAt }) => <Time at={updatedAt} as="date" /> },
        { label: actions, align: 'right', cell: (credential) => <Actions credential={credential} /> },
      ]}
    />
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
  const { name, publicKey } = credential;
  return (
    <RowActions
      actions={[
        publicKey === null
          ? null
          : {
              label: text.showKey(name),
              word: text.showKeyWord,
              icon: IconKey,
              run: () => openPublicKey(credential),
            },
        {
          label: text.replaceAction(name),
          word: text.replaceWord,
          icon: IconReplace,
          run: () => openReplaceHostCredential(credential),
        },
        {
          label: text.remove.action(name),
          word: text.remove.word,
          icon: IconTrash,
          isDangerous: true,
          run: () => openRemoveHostCredential(credential),
        },
      ]}
    />
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
