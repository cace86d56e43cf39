import { expect, test } from 'vitest';
import { jobToShow } from '../../src/renderer/projects/last-job.ts';
import type { Job } from '../../src/shared/job.ts';

const FAILED: Job = {
  id: 'j',
  kind: 'obtain',
  projectId: 'p',
  state: 'failed',
  step: null,
  dryRun: false,
  automatic: false,
  createdAt: '2026-01-19T11:59:00Z',
  startedAt: '2026-01-19T11:59:00Z',
  finishedAt: '2026-01-19T12:00:00Z',
  heldUntil: null,
  result: null,
  error: { success: false, error: 'Port 80 is closed.', code: 'CHALLENGE_FAILED' },
};

test('shows a failure until a certificate follows it, by upload too', () => {
  expect(jobToShow(FAILED, null)).toBe(FAILED);
  expect(jobToShow(FAILED, '2026-01-19T11:00:00Z')).toBe(FAILED);
  expect(jobToShow(FAILED, '2026-01-19T12:00:01Z')).toBeNull();
});

test('shows running jobs, but not successful ones and failed dry runs', () => {
  const running = { ...FAILED, state: 'running', finishedAt: null, error: null } as const;
  expect(jobToShow(running, '2026-01-19T12:00:01Z')).toBe(running);
  expect(jobToShow({ ...FAILED, state: 'succeeded' }, null)).toBeNull();
  expect(jobToShow({ ...FAILED, dryRun: true }, null)).toBeNull();
  expect(jobToShow(undefined, null)).toBeNull();
});
