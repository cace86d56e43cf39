// Starts a deployment on all its hosts, or on some.

import { useMutation } from '@tanstack/react-query';
import { useApiClient } from '../api.ts';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import { notifyDone } from '../ui/notify.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';

const text = deploymentTexts.page.run;

export interface DeployHow {
  readonly force: boolean;
  /** All hosts if omitted. */
  readonly hosts?: string[];
  /** Begins although the window is closed. */
  readonly ignoreWindow?: boolean;
}

export function useDeployNow(deploymentId: string) {
  const client = useApiClient();
  return useMutation({
    mutationFn: ({ force, hosts, ignoreWindow = false }: DeployHow) =>
      client.deployments.deploy.mutate({
        deploymentId,
        body: { force, hosts: hosts ?? null, ignoreWindow },
      }),
    onSuccess: ({ runs }) =>
      notifyDone(runs.every(({ state }) => state === 'waiting-for-window') ? text.waits : text.started),
    onError: notifyFailure,
  });
}
