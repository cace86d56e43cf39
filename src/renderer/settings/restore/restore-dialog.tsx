// A backup file of any origin: looked into, and restored where a person says so. File and passphrase, then what is in it
// beside what is here, then the wait while Certdesk starts again.
import { Stack, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { CheckBackup, RestoreBegun } from '../../../shared/backup.ts';
import { useApi } from '../../api.ts';
import { messages } from '../../messages.ts';
import { openDialog } from '../../ui/dialog.tsx';
import { ChooseFile } from './choose-file.tsx';
import { Contents } from './contents.tsx';
import { Progress } from './progress.tsx';

const text = messages.backup.restore;
const MODAL = 'restore-backup';

/** @param file Its whole path on Certdesk's machine; left out where it is to be typed. */
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
        setAsked({ file: asked.file, passphrase: '' }); // it has done what it was for
        restore.reset(); // its input was kept with it
        check.reset();
        setBegun(answer);
        // What goes on now is not ended by closing the dialog: it would only not be seen.
        modals.updateModal({ modalId: MODAL, closeOnEscape: false, withCloseButton: false });
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
