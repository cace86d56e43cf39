// Verifies and restores a backup file from any installation: file and passphrase, then the comparison with the current
// data, then the wait for the restart.
import { Stack, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { CheckBackup, RestoreBegun } from '../../../shared/backup.ts';
import { useApi } from '../../api.ts';
import { backup as backupTexts } from '../../messages/backup.ts';
import { openDialog } from '../../ui/dialog.tsx';
import { ChooseFile } from './choose-file.tsx';
import { Contents } from './contents.tsx';
import { Progress } from './progress.tsx';

const text = backupTexts.restore;
const MODAL = 'restore-backup';

/** @param file Absolute path on the server; omitted if the user has to enter it. */
export function openRestoreBackup(file = ''): void {
  openDialog({
    modalId: MODAL,
    title: text.title,
    size: 'lg',
    children: <RestoreBackup file={file} />,
  });
}

function RestoreBackup({ file }: { readonly file: string }) {
  const api = useApi();
  const [asked, setAsked] = useState<CheckBackup>({ file, passphrase: '' });
  const [begun, setBegun] = useState<RestoreBegun | null>(null);
  const check = useMutation(api.backups.check.mutationOptions());
  const restore = useMutation(
    api.backups.restore.mutationOptions({
      onSuccess(answer) {
        setAsked({ file: asked.file, passphrase: '' }); // the passphrase is no longer needed
        restore.reset(); // its input would stay in memory
        check.reset();
        setBegun(answer);
        // Closing the dialog would not stop the restore, only hide it.
        modals.updateModal({ modalId: MODAL, withCloseButton: false });
      },
    }),
  );
  if (begun !== null) return <Progress begun={begun} />;
  if (check.data === undefined) {
    return (
      <Stack gap="md">
        <Text>{text.text}</Text>
        <ChooseFile
          initial={asked}
          pending={check.isPending}
          error={check.error}
          onSubmit={(body) => {
            setAsked(body);
            check.mutate({ body });
          }}
        />
      </Stack>
    );
  }
  return (
    <Contents
      checked={check.data}
      pending={restore.isPending}
      error={restore.error}
      onBack={() => {
        check.reset();
        restore.reset();
      }}
      onRestore={() => restore.mutate({ body: asked })}
    />
  );
}
