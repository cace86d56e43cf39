// The hosts of a deployment: the state of the last run on each, its steps, and what to do about a failure.

import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Deployment, DeploymentTarget } from '../../shared/deployment.ts';
import { UNFINISHED_RUNS } from '../../shared/deployment-run.ts';
import { useApi } from '../api.ts';
import { Row, Rows } from '../lists/rows.tsx';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import { Chip } from '../ui/chip.tsx';
import { ErrorNotice } from '../ui/failure.tsx';
import { TextLink } from '../ui/link.tsx';
import { Notice } from '../ui/notice.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { Time } from '../ui/time.tsx';
import classes from './deployments.module.css';
import { DEPLOYED_FACES } from './faces.ts';
import { RUN_FACES } from './run-faces.ts';
import { RunSteps } from './run-steps.tsx';

const text = deploymentTexts.page;
/** Above this number of hosts, steps are shown only on demand. */
const OPENED = 3;

export function Targets({ deployment }: { readonly deployment: Deployment }) {
  const { targets, hosts } = deployment;
  return (
    <Panel title={'tag' in hosts ? text.hostsWithTag(hosts.tag) : text.hosts} flush>
      {targets.length === 0 ? (
        <Text p="md" c="dimmed">
          {deploymentTexts.noHosts}
        </Text>
      ) : (
        <Rows label={text.hosts}>
          {targets.map((target) => (
            <Row key={target.host.id}>
              <Target deployment={deployment} target={target} startsOpen={targets.length <= OPENED} />
            </Row>
          ))}
        </Rows>
      )}
    </Panel>
  );
}

interface TargetProps {
  readonly deployment: Deployment;
  readonly target: DeploymentTarget;
  readonly startsOpen: boolean;
}

function Target({ deployment, target, startsOpen }: TargetProps) {
  const { host, runId, state, at } = target;
  const working = state !== null && UNFINISHED_RUNS.includes(state);
  /** Null until the user decides. */
  const [chosen, setChosen] = useState<boolean | null>(null);
  // Steps that were watched stay visible after the run.
  const [watched, setWatched] = useState(working);
  if (working && !watched) setWatched(true);
  const opened = chosen ?? (startsOpen && (watched || isTrouble(state)));
  return (
    <>
      <div className={classes.targetHead}>
        <Chip face={state === null ? DEPLOYED_FACES.unknown : RUN_FACES[state]} />
        <Group gap="xs">
          <TextLink to="/hosts/$hostId" params={{ hostId: host.id }} fw={550}>
            {host.name}
          </TextLink>
          <Text fz="sm" c="dimmed" component="span">
            {at === null ? text.neverRan : <Time at={at} as="relative" />}
            {target.waitsFor !== null && ` · ${target.waitsFor}`}
            {state === 'waiting-for-window' && target.nextAttemptAt !== null && (
              <>
                {' · '}
                {text.begins} <Time at={target.nextAttemptAt} />
              </>
            )}
          </Text>
        </Group>
        {runId !== null && (
          <Button
            variant="subtle"
            color="gray"
            size="compact-xs"
            aria-expanded={opened}
            aria-label={text.toggleStepsOf(opened, host.name)}
            onClick={() => setChosen(!opened)}
          >
            {opened ? text.hideSteps : text.showSteps}
          </Button>
        )}
      </div>
      <Trouble target={target} enabled={deployment.enabled} />
      {runId !== null && opened && (
        <div className={classes.targetBody}>
          <LiveSteps runId={runId} isCommand={deployment.kind === 'command'} />
        </div>
      )}
    </>
  );
}

type Trouble = keyof typeof deploymentTexts.advice;
const isTrouble = (state: DeploymentTarget['state']): state is Trouble =>
  state !== null && state in deploymentTexts.advice;

/** What went wrong on the host, and what to do about it. */
function Trouble({ target, enabled }: { readonly target: DeploymentTarget; readonly enabled: boolean }) {
  const { state, error, nextAttemptAt } = target;
  if (!isTrouble(state)) return null;
  const advice = deploymentTexts.advice[state];
  return (
    <Stack gap="xs" mt="sm">
      {error === null ? (
        <Notice tone="bad" title={RUN_FACES[state].label} role="alert" />
      ) : (
        <ErrorNotice body={error} />
      )}
      <Text fz="sm">{advice}</Text>
      <Group gap="md">
        {enabled && <Retry target={target} />}
        {nextAttemptAt !== null && (
          <Text fz="sm" c="dimmed">
            {text.nextAttempt} <Time at={nextAttemptAt} as="relative" />
          </Text>
        )}
      </Group>
    </Stack>
  );
}

function Retry({ target: { runId, host } }: { readonly target: DeploymentTarget }) {
  const api = useApi();
  const retry = useMutation(api.deployments.retryRun.mutationOptions({ onError: notifyFailure }));
  if (runId === null) return null;
  return (
    <Button
      size="xs"
      variant="default"
      aria-label={text.retryOf(host.name)}
      loading={retry.isPending}
      onClick={() => retry.mutate({ runId })}
    >
      {text.retry}
    </Button>
  );
}

interface LiveStepsProps {
  readonly runId: string;
  readonly isCommand: boolean;
}

function LiveSteps({ runId, isCommand }: LiveStepsProps) {
  const api = useApi();
  const run = useQuery(api.deployments.getRun.queryOptions({ runId }));
  return (
    <QueryView query={run} lines={3}>
      {(data) => (
        <Stack gap="xs">
          <RunSteps run={data} isCommand={isCommand} />
          {data.reloadOwed && !UNFINISHED_RUNS.includes(data.state) && (
            <Notice tone="warn" title={text.reloadOwed} role="status" />
          )}
        </Stack>
      )}
    </QueryView>
  );
}
