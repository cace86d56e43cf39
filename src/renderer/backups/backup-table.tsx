// The list of backups, each with buttons to verify and restore it, and the restore command.
import { Button, Group, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Backup } from '../../shared/backup.ts';
import { useApi } from '../api.ts';
import { formatNumber } from '../format.ts';
import { backup as backupTexts } from '../messages/backup.ts';
import { CopyIcon } from '../ui/copy.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';
import { Time } from '../ui/time.tsx';
import { openRestoreBackup } from './restore/restore-dialog.tsx';

const text = backupTexts;
const SHOWN = 20;

export function BackupTable({ backups }: { readonly backups: readonly Backup[] }) {
  const { made, size, actions } = text.columns;
  return (
    <>
      <DataTable
        label={text.existing}
        rows={backups.slice(0, SHOWN)}
        keyOf={({ name }) => name}
        columns={[
          {
            label: made,
            cell: ({ name, createdAt }) => (
              <>
                <Time at={createdAt} />
                <Text fz="xs" c="dimmed">
                  {name}
                </Text>
              </>
            ),
          },
          { label: size, cell: ({ bytes }) => text.kilobytes(formatNumber(Math.ceil(bytes / 1024))) },
          { label: actions, align: 'right', cell: (backup) => <Actions backup={backup} /> },
        ]}
      />
      <Text fz="xs" c="dimmed" px="md" pb="sm">
        {text.restoreHint}
      </Text>
    </>
  );
}

function Actions({ backup: { name, file, restoreCommand } }: { readonly backup: Backup }) {
  const api = useApi();
  const verify = useMutation(
    api.backups.verify.mutationOptions({
      onSuccess: ({ projects, certificates }) => notifyDone(text.verified(projects, certificates)),
      onError: notifyFailure,
    }),
  );
  return (
    <Group gap={6} display="inline-flex">
      <Button
        variant="subtle"
        size="compact-sm"
        aria-label={text.verifyOf(name)}
        loading={verify.isPending}
        onClick={() => verify.mutate({ name })}
      >
        {text.verify}
      </Button>
      <Button
        variant="subtle"
        size="compact-sm"
        aria-label={text.restoreOf(name)}
        onClick={() => openRestoreBackup(file)}
      >
        {text.restoreShort}
      </Button>
      <CopyIcon value={restoreCommand} what={text.restoreCommandOf(name)} />
    </Group>
  );
}
