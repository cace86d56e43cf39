// ACME directories that a user approved by their URL; hidden if there are none.
import { Button, Table, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { CaDirectory } from '../../shared/ca-directory.ts';
import { useApi } from '../api.ts';
import { messages } from '../messages.ts';
import { Confirm } from '../ui/confirm.tsx';
import { openDialog } from '../ui/dialog.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';

const text = messages.settings.directories;

export function DirectoriesPanel() {
  const api = useApi();
  const directories = useQuery(api.caDirectories.list.queryOptions());
  return (
    <Panel title={text.title}>
      <QueryView query={directories}>
        {(data) =>
          data.directories.length === 0 ? (
            <Text c="dimmed">{text.none}</Text>
          ) : (
            <Directories directories={data.directories} />
          )
        }
      </QueryView>
    </Panel>
  );
}

function Directories({ directories }: { readonly directories: readonly CaDirectory[] }) {
  const { url, savedBy, certificates, actions } = text.columns;
  return (
    <Table.ScrollContainer minWidth={480} type="native">
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            {[url, savedBy, certificates, actions].map((label) => (
              <Table.Th key={label} fz="xs" c="dimmed" fw={500} ta={label === actions ? 'right' : 'left'}>
                {label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {directories.map((directory) => (
            <Table.Tr key={directory.directoryUrl}>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{directory.directoryUrl}</Table.Td>
              <Table.Td>{directory.savedBy.name}</Table.Td>
              <Table.Td>{messages.settings.accounts.count(directory.certificates)}</Table.Td>
              <Table.Td ta="right">
                <Button
                  size="compact-xs"
                  variant="default"
                  aria-label={text.withdrawOf(directory.directoryUrl)}
                  onClick={() => openWithdraw(directory)}
                >
                  {text.withdraw}
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function openWithdraw(directory: CaDirectory): void {
  openDialog({ title: text.confirm.title, children: <Withdraw directory={directory} /> });
}

function Withdraw({ directory: { directoryUrl } }: { readonly directory: CaDirectory }) {
  const api = useApi();
  const withdraw = useMutation(
    api.caDirectories.withdraw.mutationOptions({
      onSuccess() {
        modals.closeAll();
        notifyDone(text.confirm.done);
      },
    }),
  );
  return (
    <Confirm
      submit={text.confirm.submit}
      error={withdraw.error}
      pending={withdraw.isPending}
      onSubmit={() => withdraw.mutate({ body: { directoryUrl } })}
    >
      <Text style={{ overflowWrap: 'anywhere' }}>{directoryUrl}</Text>
      <Text>{text.confirm.text}</Text>
    </Confirm>
  );
}
