// ACME directories that a user approved by their URL; hidden if there are none.
import { Button, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { CaDirectory } from '../../shared/ca-directory.ts';
import { useApi } from '../api.ts';
import { settings as settingsTexts } from '../messages/settings.ts';
import { Confirm } from '../ui/confirm.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { openDialog } from '../ui/dialog.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';

const text = settingsTexts.directories;

export function DirectoriesPanel() {
  const api = useApi();
  const directories = useQuery(api.caDirectories.list.queryOptions());
  return (
    <Panel title={text.title} flush>
      <QueryView query={directories}>
        {(data) =>
          data.directories.length === 0 ? (
            <Text c="dimmed" p="md">
              {text.none}
            </Text>
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
    <DataTable
      label={text.title}
      rows={directories}
      keyOf={({ directoryUrl }) => directoryUrl}
      columns={[
        { label: url, cell: ({ directoryUrl }) => directoryUrl },
        { label: savedBy, cell: (directory) => directory.savedBy.name },
        {
          label: certificates,
          cell: (directory) => settingsTexts.accounts.count(directory.certificates),
        },
        { label: actions, align: 'right', cell: (directory) => <WithdrawButton directory={directory} /> },
      ]}
    />
  );
}

function WithdrawButton({ directory }: { readonly directory: CaDirectory }) {
  return (
    <Button
      size="compact-xs"
      variant="default"
      aria-label={text.withdrawOf(directory.directoryUrl)}
      onClick={() => openWithdraw(directory)}
    >
      {text.withdraw}
    </Button>
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
