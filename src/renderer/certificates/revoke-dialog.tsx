// Confirms a revocation, which cannot be undone: the user types the domain. Offers to issue a replacement first.
import { Checkbox, Select, Text, TextInput } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { RevocationReason } from '../../shared/certificate.ts';
import type { CertificateVersion } from '../../shared/certificate-history.ts';
import type { ListedProject } from '../../shared/project.ts';
import { useApi } from '../api.ts';
import { certificates as certificateTexts } from '../messages/certificates.ts';
import { Confirm } from '../ui/confirm.tsx';
import { useToJob } from './renew-dialog.tsx';

const text = certificateTexts.revoke;
const REASONS = Object.entries(text.reasons).map(([value, label]) => ({ value, label }));

/** With these reasons the names need no replacement. */
const AT_AN_END: readonly RevocationReason[] = ['affiliationChanged', 'cessationOfOperation'];

/** @param version A previous version; the active one if omitted. */
export function openRevoke(project: ListedProject, version?: CertificateVersion): void {
  const title = version === undefined ? text.title : text.formerTitle;
  modals.open({ title, children: <Revoke project={project} version={version} /> });
}

interface RevokeProps {
  readonly project: ListedProject;
  readonly version: CertificateVersion | undefined;
}

function Revoke({ project, version }: RevokeProps) {
  const api = useApi();
  const toJob = useToJob(project.id);
  const revoke = useMutation(api.certificates.revoke.mutationOptions({ onSuccess: toJob }));
  const [reason, setReason] = useState<RevocationReason>('unspecified');
  const [wanted, setWanted] = useState<boolean | null>(null);
  const [typed, setTyped] = useState('');
  const domain = version?.domain ?? project.domain ?? project.name;
  const usual = project.certificate?.autoRenew === true && !AT_AN_END.includes(reason);
  const replace = version === undefined && (wanted ?? usual);
  const versionId = version?.id;
  const isDeployed = project.deployed !== null;
  return (
    <Confirm
      danger
      submit={replace ? text.submitReplace : text.submit}
      error={revoke.error}
      pending={revoke.isPending}
      disabled={typed.trim().toLowerCase() !== domain}
      onSubmit={() => revoke.mutate({ id: project.id, body: { reason, replace, versionId } })}
    >
      <Text>{text.text}</Text>
      <Text c="dimmed">{version === undefined ? text.notRemove : text.former}</Text>
      {isDeployed && <Text>{text.filesStay}</Text>}
      <Select
        label={text.reason}
        data={REASONS}
        value={reason}
        allowDeselect={false}
        onChange={(value) => setReason(value as RevocationReason)}
      />
      {version === undefined && (
        <Checkbox
          label={text.replace}
          description={replace ? text.replaceHint : text.noReplaceHint}
          checked={replace}
          onChange={(event) => setWanted(event.currentTarget.checked)}
        />
      )}
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
