// Installs an earlier version of the certificate on the hosts of a deployment.

import { Select, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { CertificateVersion } from '../../shared/certificate-history.ts';
import type { Deployment } from '../../shared/deployment.ts';
import { useApi } from '../api.ts';
import { formatDateTime } from '../format.ts';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import { Confirm } from '../ui/confirm.tsx';
import { closeDone } from '../ui/notify.tsx';
import { QueryView } from '../ui/query-view.tsx';

const text = deploymentTexts.rollBack;

export function openRollBack(deployment: Deployment): void {
  modals.open({ title: text.title(deployment.name), children: <RollBack deployment={deployment} /> });
}

function RollBack({ deployment }: { readonly deployment: Deployment }) {
  const api = useApi();
  const versions = useQuery(api.certificates.versions.queryOptions({ id: deployment.project.id }));
  return (
    <QueryView query={versions}>
      {(data) => <Choice deployment={deployment} versions={data.versions.filter(isEarlier)} />}
    </QueryView>
  );
}

/** Whether clients still accept the version, and it is not the active one. */
function isEarlier({ state, revokedAt, expiresAt }: CertificateVersion): boolean {
  return state === 'superseded' && revokedAt === null && Date.parse(expiresAt) > Date.now();
}

interface ChoiceProps {
  readonly deployment: Deployment;
  readonly versions: readonly CertificateVersion[];
}

function Choice({ deployment, versions }: ChoiceProps) {
  const api = useApi();
  const [versionId, setVersionId] = useState(versions[0]?.id ?? null);
  const rollBack = useMutation(
    api.deployments.rollBack.mutationOptions({ onSuccess: () => closeDone(text.done) }),
  );
  return (
    <Confirm
      submit={text.submit}
      error={rollBack.error}
      pending={rollBack.isPending}
      disabled={versionId === null}
      onSubmit={() =>
        versionId !== null && rollBack.mutate({ deploymentId: deployment.id, body: { versionId } })
      }
    >
      <Text>{text.text}</Text>
      {versions.length === 0 ? (
        <Text c="dimmed">{text.none}</Text>
      ) : (
        <Select
          label={text.version}
          allowDeselect={false}
          data={versions.map(({ id, issuedAt, expiresAt }) => ({
            value: id,
            label: text.choice(formatDateTime(issuedAt), formatDateTime(expiresAt)),
          }))}
          value={versionId}
          onChange={setVersionId}
        />
      )}
    </Confirm>
  );
}
