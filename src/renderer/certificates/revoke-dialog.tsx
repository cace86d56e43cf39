// Asks before a revocation, with the domain typed: it cannot be undone.
import { Select, Text, TextInput } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { RevocationReason } from '../../shared/certificate.ts';
import type { Project } from '../../shared/project.ts';
import { useApi } from '../api.ts';
import { messages } from '../messages.ts';
import { Confirm } from '../ui/confirm.tsx';
import { useToJob } from './renew-dialog.tsx';

const text = messages.certificates.revoke;
const REASONS = Object.entries(text.reasons).map(([value, label]) => ({ value, label }));

export function openRevoke(project: Project): void {
  modals.open({ title: text.title, children: <Revoke project={project} /> });
}

function Revoke({ project }: { readonly project: Project }) {
  const api = useApi();
  const toJob = useToJob(project.id);
  const revoke = useMutation(api.certificates.revoke.mutationOptions({ onSuccess: toJob }));
  const [reason, setReason] = useState<RevocationReason>('unspecified');
  const [typed, setTyped] = useState('');
  const domain = project.domain ?? project.name;
  return (
    <Confirm
      danger
      submit={text.submit}
      error={revoke.error}
      pending={revoke.isPending}
      disabled={typed.trim().toLowerCase() !== domain}
      onSubmit={() => revoke.mutate({ id: project.id, body: { reason } })}
    >
      <Text>{text.text}</Text>
      <Text c="dimmed">{text.notRemove}</Text>
      <Select
        label={text.reason}
        data={REASONS}
        value={reason}
        allowDeselect={false}
        onChange={(value) => setReason(value as RevocationReason)}
      />
      <TextInput
        label={text.type(domain)}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
      />
    </Confirm>
  );
}
