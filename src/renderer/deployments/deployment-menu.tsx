// The rarer actions of a deployment.

import { ActionIcon, Menu } from '@mantine/core';
import {
  IconArrowBackUp,
  IconDots,
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
    <Menu position="bottom-end" width={280}>
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label={text.actions}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {enabled && (
          <>
            <Menu.Item
              leftSection={<IconRefresh size={16} aria-hidden />}
              onClick={() => run.mutate({ force: true })}
            >
              {text.deployAnyway}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconArrowBackUp size={16} aria-hidden />}
              onClick={() => openRollBack(deployment)}
            >
              {text.rollBack}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconPlayerPause size={16} aria-hidden />}
              onClick={() => pause.mutate({ deploymentId })}
            >
              {text.pause}
            </Menu.Item>
          </>
        )}
        {!enabled && (
          <Menu.Item
            leftSection={<IconPlayerPlay size={16} aria-hidden />}
            onClick={() => resume.mutate({ deploymentId })}
          >
            {text.resume}
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={<IconEdit size={16} aria-hidden />}
          onClick={() => void navigate({ to: '/deployments/$deploymentId/edit', params: { deploymentId } })}
        >
          {text.edit}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          color="red"
          leftSection={<IconTrash size={16} aria-hidden />}
          onClick={() => openRemoveDeployment(deployment)}
        >
          {text.remove}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
