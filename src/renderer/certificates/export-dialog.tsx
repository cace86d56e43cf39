// Exports a certificate as a file. Formats with the private key say so, and PFX requires a password.
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Project } from '../../shared/project.ts';
import { useApiClient } from '../api.ts';
import { certificates as certificateTexts } from '../messages/certificates.ts';
import { Confirm } from '../ui/confirm.tsx';
import { openDialog } from '../ui/dialog.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { saveFile } from '../ui/save-file.ts';
import { type ExportChoice, ExportFields, FIRST_CHOICE, isComplete } from './export-fields.tsx';

const text = certificateTexts.export;

/** @param format The format that is selected at first. */
export function openExport(
  project: Pick<Project, 'id'>,
  format: ExportChoice['format'] = FIRST_CHOICE.format,
): void {
  openDialog({ title: text.title, size: 'lg', children: <Export project={project} first={format} /> });
}

interface ExportProps {
  readonly project: Pick<Project, 'id'>;
  readonly first: ExportChoice['format'];
}

function Export({ project, first }: ExportProps) {
  const client = useApiClient();
  const [choice, setChoice] = useState<ExportChoice>({ ...FIRST_CHOICE, format: first });
  const { format, password } = choice;
  // gcTime 0 keeps the file and its password out of the cache.
  const download = useMutation({
    mutationFn: () =>
      client.certificates.export.mutate({
        id: project.id,
        body: { format, ...(format === 'pfx' ? { password } : {}) },
      }),
    onSuccess(file) {
      saveFile(file);
      modals.closeAll();
      notifyDone(text.done(file.filename));
    },
    gcTime: 0,
  });
  return (
    <Confirm
      submit={text.submit}
      error={download.error}
      pending={download.isPending}
      disabled={!isComplete(choice)}
      onSubmit={() => download.mutate()}
    >
      <ExportFields choice={choice} onChange={setChoice} />
    </Confirm>
  );
}
