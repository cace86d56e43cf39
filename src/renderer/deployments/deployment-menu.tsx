// The rarer actions of a deployment.

import {
  IconArrowBackUp,
  IconClockBolt,
  IconEdit,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefresh,
  IconTrash,
} from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Deployment } from '../../shared/deployment.ts';
import { useApi } from '../api.ts';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import { ActionsMenu } from '../ui/actions-menu.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';
import { openRemoveDeployment } from './remove-deployment.tsx';
import { openRollBack } from './roll-back.tsx';
import { useDeployNow } from './use-deploy-now.ts';

const text = deploymentTexts.page;

export function DeploymentMenu({ deployment }: { readonly deployment: Deployment }) {
  const { id: deploymentId, enabled } = deployment;
  const api = useApi();
  const navigate = useNavigate();
  const run = useDeployNow(deploymentId);
  const pause = useMutation(
    api.deployments.pause.mutationOptions({
      onSuccess: () => notifyDone(text.run.paused),
      onError: notifyFailure,
    }),
  );
  const resume = useMutation(
    api.deployments.resume.mutationOptions({
      onSuccess: () => notifyDone(text.run.resumed),
      onError: notifyFailure,
    }),
  );
  return (
    <ActionsMenu
      actions={[
        enabled && { label: text.deployAnyway, icon: IconRefresh, run: () => run.mutate({ force: true }) },
        enabled &&
          deployment.window !== null && {
            label: text.deployOutside,
            icon: IconClockBolt,
            run: () => run.mutate({ force: false, ignoreWindow: true }),
          },
        enabled && { label: text.rollBack, icon: IconArrowBackUp, run: () => openRollBack(deployment) },
        enabled
          ? { label: text.pause, icon: IconPlayerPause, run: () => pause.mutate({ deploymentId }) }
          : { label: text.resume, icon: IconPlayerPlay, run: () => resume.mutate({ deploymentId }) },
        {
          label: text.edit,
          icon: IconEdit,
          run: () => void navigate({ to: '/deployments/$deploymentId/edit', params: { deploymentId } }),
        },
        {
          label: text.remove,
          icon: IconTrash,
          isDangerous: true,
          run: () => openRemoveDeployment(deployment),
        },
      ]}
    />
  );
}
