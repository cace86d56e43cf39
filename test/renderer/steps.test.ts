// How the page of a job shows its steps and names it.
import { expect, test } from 'vitest';
import { stepsOf } from '../../src/renderer/jobs/steps.ts';
import type { JobWithSteps } from '../../src/shared/job.ts';
import { jobName } from '../../src/shared/steps.ts';

const AT = '2026-01-19T12:00:00Z';
const event = (id: number, message: string) => ({
  id,
  at: AT,
  kind: 'job.step',
  projectId: 'p',
  jobId: 'j',
  message,
  data: { step: 'dns-propagation' },
});

test('combines repeated lines into one with their count', () => {
  const messages = [
    'ns1 does not show it',
    'ns1 does not show it',
    'ns1 does not show it',
    'ns2',
    'ns1 does not show it',
  ];
  const job = {
    id: 'j',
    kind: 'obtain',
    projectId: 'p',
    state: 'failed',
    step: 'dns-propagation',
    dryRun: false,
    automatic: false,
    createdAt: AT,
    startedAt: AT,
    finishedAt: AT,
    heldUntil: null,
    result: null,
    error: null,
    steps: messages.map((message, n) => event(n + 1, message)),
  } satisfies JobWithSteps;
  const [step] = stepsOf(job);
  expect(step?.lines.map(({ message, count }) => [message, count])).toEqual([
    ['ns1 does not show it', 3],
    ['ns2', 1],
    ['ns1 does not show it', 1],
  ]);
});

test('calls a dry run a dry run, not an issuance', () => {
  expect(jobName({ kind: 'obtain', dryRun: true })).toBe('Dry run');
  expect(jobName({ kind: 'obtain', dryRun: false })).toBe('Issuance');
  expect(jobName({ kind: 'renew' })).toBe('Renewal');
});
