// Tests a deployment on each of its hosts, and shows the result of each check.

import { Button, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useApi } from '../api.ts';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import { hosts as hostTexts } from '../messages/hosts.ts';
import { FailureNotice } from '../ui/failure.tsx';
import { Panel } from '../ui/panel.tsx';
import { HostResults } from './host-results.tsx';

const text = deploymentTexts.page.test;

export interface DeploymentTestProps {
  readonly deploymentId: string;
  /** Whether the test starts when the panel is first shown. */
  readonly now: boolean;
  /** When the state of the deployment changed last: an earlier result is about what is no longer there. */
  readonly changedAt: string;
}

export function DeploymentTest({ deploymentId, now, changedAt }: DeploymentTestProps) {
  const api = useApi();
  const test = useMutation(api.deployments.test.mutationOptions());
  const { mutate } = test;
  const started = useRef(false);
  useEffect(() => {
    if (!now || started.current) return;
    started.current = true;
    mutate({ deploymentId });
  }, [now, deploymentId, mutate]);
  const data = test.submittedAt >= Date.parse(changedAt) ? test.data : undefined;
  return (
    <Panel
      title={text.title}
      aside={
        <Button size="xs" variant="default" loading={test.isPending} onClick={() => mutate({ deploymentId })}>
          {data === undefined ? text.action : hostTexts.test.again}
        </Button>
      }
    >
      <Stack gap="md">
        <HostResults result={data} pending={test.isPending} hint={text.text} />
        {test.error !== null && <FailureNotice error={test.error} />}
      </Stack>
    </Panel>
  );
}
