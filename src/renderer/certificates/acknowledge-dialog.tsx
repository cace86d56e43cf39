// Acknowledges a revocation with a note, so that the certificate no longer needs attention.
import { Text, Textarea } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../api.ts';
import { certificates as certificateTexts } from '../messages/certificates.ts';
import { Confirm } from '../ui/confirm.tsx';
import { openDialog } from '../ui/dialog.tsx';
import { formErrors } from '../ui/form-errors.ts';
import { notifyDone } from '../ui/notify.tsx';

const text = certificateTexts.acknowledge;

export function openAcknowledge(projectId: string): void {
  openDialog({ title: text.title, children: <Acknowledge projectId={projectId} /> });
}

function Acknowledge({ projectId }: { readonly projectId: string }) {
  const api = useApi();
  const [note, setNote] = useState('');
  const [isMissing, setMissing] = useState(false);
  const acknowledge = useMutation(
    api.certificates.acknowledge.mutationOptions({
      onSuccess() {
        modals.closeAll();
        notifyDone(text.done);
      },
    }),
  );
  const submit = (): void => {
    setMissing(note.trim() === '');
    if (note.trim() !== '') acknowledge.mutate({ id: projectId, body: { note: note.trim() } });
  };
  const atField = acknowledge.error === null ? undefined : formErrors(acknowledge.error, ['note']).note;
  return (
    <Confirm
      submit={text.submit}
      error={atField === undefined ? acknowledge.error : null}
      pending={acknowledge.isPending}
      onSubmit={submit}
    >
      <Text>{text.text}</Text>
      <Textarea
        label={text.note}
        description={text.noteHint}
        value={note}
        error={isMissing ? text.noteMissing : atField}
        maxLength={500}
        autosize
        minRows={2}
        data-autofocus
        onChange={(event) => {
          setNote(event.currentTarget.value);
          setMissing(false);
        }}
      />
    </Confirm>
  );
}
