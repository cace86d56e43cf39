// Acknowledges a revocation, or services that may use the certificate as a client, with a note.
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
  openDialog({ title: text.title, children: <AcknowledgeRevocation projectId={projectId} /> });
}

export function openAcknowledgeClientUse(projectId: string): void {
  openDialog({ title: text.clientUse.title, children: <AcknowledgeClientUse projectId={projectId} /> });
}

interface OfProject {
  readonly projectId: string;
}

function AcknowledgeRevocation({ projectId }: OfProject) {
  const mutation = useMutation(
    useApi().certificates.acknowledge.mutationOptions({ onSuccess: () => close(text.done) }),
  );
  return <Acknowledge words={text} mutation={mutation} projectId={projectId} />;
}

function AcknowledgeClientUse({ projectId }: OfProject) {
  const mutation = useMutation(
    useApi().certificates.acknowledgeClientUse.mutationOptions({
      onSuccess: () => close(text.clientUse.done),
    }),
  );
  return <Acknowledge words={text.clientUse} mutation={mutation} projectId={projectId} />;
}

function close(done: string): void {
  modals.closeAll();
  notifyDone(done);
}

interface AcknowledgeProps extends OfProject {
  readonly words: { readonly text: string; readonly noteHint: string };
  readonly mutation: {
    readonly error: unknown;
    readonly isPending: boolean;
    readonly mutate: (input: { readonly id: string; readonly body: { readonly note: string } }) => void;
  };
}

function Acknowledge({ projectId, words, mutation: acknowledge }: AcknowledgeProps) {
  const [note, setNote] = useState('');
  const [isMissing, setMissing] = useState(false);
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
      <Text>{words.text}</Text>
      <Textarea
        label={text.note}
        description={words.noteHint}
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
