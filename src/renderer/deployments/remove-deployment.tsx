// Confirms the deletion of a deployment. Its files stay on the hosts.

import { Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Deployment } from '../../shared/deployment.ts';
import { useApi } from '../api.ts';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import { Confirm } from '../ui/confirm.tsx';
import { closeDone } from '../ui/notify.tsx';

const text = deploymentTexts.remove;

export function openRemoveDeployment(deployment: Deployment): void {
  modals.open({ title: text.title(deployment.name), children: <RemoveDeployment deployment={deployment} /> });
}

function RemoveDeployment({ deployment: { id, project } }: { readonly deployment: Deployment }) {
  const api = useApi();
  const navigate = useNavigate();
  const remove = useMutation(
    api.deployments.remove.mutationOptions({
      onSuccess() {
        closeDone(text.done);
        void navigate({ to: '/projects/$id', params: { id: project.id }, search: { tab: 'deployments' } });
      },
    }),
  );
  return (
    <Confirm
      danger
      submit={text.submit}
      error={remove.error}
      pending={remove.isPending}
      onSubmit={() => remove.mutate({ deploymentId: id })}
    >
      <Text>{text.text}</Text>
    </Confirm>
  );
}
