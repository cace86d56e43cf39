// A job: status, steps, and the error with its resolution.
import { Badge, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { JobWithSteps } from '../../shared/job.ts';
import { formatDuration } from '../format.ts';
import { jobs as jobTexts } from '../messages/jobs.ts';
import { Chip } from '../ui/chip.tsx';
import { ErrorNotice } from '../ui/failure.tsx';
import { Notice } from '../ui/notice.tsx';
import { Panel } from '../ui/panel.tsx';
import { JOB_FACES } from '../ui/status-style.ts';
import { Time } from '../ui/time.tsx';
import { useNow } from '../use-now.ts';
import { HeldBackNotice, isHeldBack } from './held-back.tsx';
import { JobSteps } from './job-steps.tsx';
import { ManualDnsPanel } from './manual-dns-panel.tsx';
import { SuggestedSetting } from './suggested-setting.tsx';

const text = jobTexts;

type Titled = Pick<JobWithSteps, 'kind' | 'state' | 'dryRun' | 'replaces'>;

export function jobTitle({ kind, state, dryRun, replaces }: Titled): string {
  const words = dryRun ? text.dryRun : replaces === true ? text.replace : text[kind];
  return state === 'queued' ? words.running : words[state];
}

export interface JobViewProps {
  readonly job: JobWithSteps;
  /** Follow-up actions; shown when the job has ended. */
  readonly actions?: ReactNode;
  /** Tools that help to diagnose the failure. */
  readonly help?: ReactNode;
  /** What to do with the result of a job that succeeded. */
  readonly next?: ReactNode;
}

export function JobView({ job, actions, help, next }: JobViewProps) {
  const ended = job.state === 'succeeded' || job.state === 'failed';
  return (
    <Stack gap="md">
      {job.error !== null && <ErrorNotice body={job.error} title={jobTitle(job)} />}
      {job.state === 'succeeded' && (
        <Notice tone="ok" title={jobTitle(job)} role="status">
          {job.dryRun && <Text>{text.dryRunSucceeded}</Text>}
        </Notice>
      )}
      {isHeldBack(job) && <HeldBackNotice job={job} />}
      {!ended && !isHeldBack(job) && (
        <Notice tone="info" title={jobTitle(job)} role="status">
          <Text>{job.state === 'queued' ? text.waiting : text.background}</Text>
        </Notice>
      )}
      <ManualDnsPanel job={job} />
      {ended && actions !== undefined && <Group gap="xs">{actions}</Group>}
      {job.state === 'succeeded' && next}
      {job.error !== null && <SuggestedSetting error={job.error} />}
      {job.state === 'failed' && help}
      <Panel
        title={text.steps}
        aside={
          <Group gap="xs">
            {job.dryRun && (
              <Badge variant="light" color="gray" tt="none">
                {text.dryRunBadge}
              </Badge>
            )}
            <JobDuration job={job} />
            <Chip face={JOB_FACES[job.state]} />
          </Group>
        }
      >
        <JobSteps job={job} />
      </Panel>
    </Stack>
  );
}

function JobDuration({ job: { startedAt, finishedAt } }: { readonly job: JobWithSteps }) {
  const now = useNow(finishedAt === null ? 1000 : 0);
  if (startedAt === null) return null;
  const ms = (finishedAt === null ? now : Date.parse(finishedAt)) - Date.parse(startedAt);
  return (
    <Text c="dimmed" fz="xs" className="numbers">
      <Time at={startedAt} />
      {ms >= 1000 && ` · ${formatDuration(ms)}`}
    </Text>
  );
}
