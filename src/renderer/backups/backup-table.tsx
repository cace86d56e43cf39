// The list of backups, each with buttons to verify and restore it, and the restore command.
import { Button, Group, Table, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Backup } from '../../shared/backup.ts';
import { useApi } from '../api.ts';
import { formatNumber } from '../format.ts';
import { messages } from '../messages.ts';
import { CopyIcon } from '../ui/copy.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';
import { Time } from '../ui/time.tsx';
import { openRestoreBackup } from './restore/restore-dialog.tsx';

const text = messages.backup;
const SHOWN = 20;

export function BackupTable({ backups }: { readonly backups: readonly Backup[] }) {
  const { made, size, actions } = text.columns;
  return (
    <>
      <Table.ScrollContainer minWidth={480} type="native">
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              {[made, size, actions].map((label) => (
                <Table.Th key={label} fz="xs" c="dimmed" fw={500} ta={label === actions ? 'right' : 'left'}>
                  {label}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {backups.slice(0, SHOWN).map((backup) => (
              <Row key={backup.name} backup={backup} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Text fz="xs" c="dimmed">
        {text.restoreHint}
      </Text>
    </>
  );
}

function Row({ backup: { name, createdAt, bytes, file, restoreCommand } }: { readonly backup: Backup }) {
  const api = useApi();
  const verify = useMutation(
    api.backups.verify.mutationOptions({
      onSuccess: ({ projects, certificates }) => notifyDone(text.verified(projects, certificates)),
      onError: notifyFailure,
    }),
  );
  return (
    <Table.Tr>
      <Table.Td>
        <Time at={createdAt} />
        <Text fz="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {name}
        </Text>
      </Table.Td>
      <Table.Td>{text.kilobytes(formatNumber(Math.ceil(bytes / 1024)))}</Table.Td>
      <Table.Td>
        <Group gap={6} justify="flex-end" wrap="nowrap">
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
      </Table.Td>
    </Table.Tr>
  );
}
