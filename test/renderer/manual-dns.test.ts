import { expect, test } from 'vitest';
import { manualRecordsOf } from '../../src/renderer/jobs/manual-dns.ts';

const step = (more: object | null) => ({
  id: 1,
  at: '2026-01-19T12:00:00Z',
  kind: 'job.step',
  projectId: 'p',
  jobId: 'j',
  message: '',
  data: { step: 'challenge', title: '', ca: 'letsencrypt', more: more === null ? null : { ...more } },
});
const instruction = (action: string, value: string, provider = 'manual') =>
  step({ provider, action, name: '_acme-challenge.example.com', value, type: 'TXT' });
const job = (more: object) => ({ state: 'running' as const, step: 'dns-propagation', steps: [], ...more });
const record = (value: string) => ({ name: '_acme-challenge.example.com', value });

test('are to be added while the job waits for them, each once', () => {
  const steps = [step(null), instruction('add', 'one'), instruction('add', 'two'), instruction('add', 'one')];
  expect(manualRecordsOf(job({ steps }))).toEqual({ action: 'add', records: [record('one'), record('two')] });
});

test('are no longer to be added when the CA is asked, and to be removed when the job has ended', () => {
  const steps = [instruction('add', 'one'), instruction('remove', 'one')];
  expect(manualRecordsOf(job({ steps, step: 'validation' }))).toBeNull();
  for (const state of ['succeeded', 'failed'] as const) {
    expect(manualRecordsOf(job({ steps, state }))).toEqual({ action: 'remove', records: [record('one')] });
  }
});

test('are not shown if Certdesk adds them itself, or the event has no records', () => {
  expect(manualRecordsOf(job({ steps: [instruction('add', 'one', 'cloudflare')] }))).toBeNull();
  expect(manualRecordsOf(job({ steps: [{ ...step(null), data: 'text' }] }))).toBeNull();
  expect(manualRecordsOf(job({ state: 'succeeded' }))).toBeNull();
});
