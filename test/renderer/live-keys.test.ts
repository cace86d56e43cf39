import { expect, test } from 'vitest';
import { touchedBy } from '../../src/renderer/live-keys.ts';

const event = (kind: string, of: { projectId?: string; jobId?: string } = {}) => ({
  id: 1,
  at: '2026-01-19T12:00:00Z',
  kind,
  projectId: of.projectId ?? null,
  jobId: of.jobId ?? null,
  message: '',
  data: null,
});

test('a step touches its job and nothing else', () => {
  expect(touchedBy(event('job.step', { projectId: 'p', jobId: 'j' }))).toEqual({
    keys: [[['jobs', 'get'], { input: { jobId: 'j' } }]],
    row: null,
  });
});

test('a step that asks a person for a TXT record touches the overview too', () => {
  const more = { provider: 'manual', action: 'add', name: '_acme-challenge.shop.example.com', value: 'x' };
  const step = { ...event('job.step', { projectId: 'p', jobId: 'j' }), data: { step: 'challenge', more } };
  expect(touchedBy(step).keys).toContainEqual([['overview']]);
});

test('a change of a project patches its row; one that comes or goes asks for the lists anew', () => {
  const patched = touchedBy(event('certificate.stored', { projectId: 'p' }));
  expect(patched.row).toBe('p');
  expect(patched.keys).toContainEqual([['projects'], { input: { id: 'p' } }]);
  expect(patched.keys).toContainEqual([['projects', 'list'], { type: 'query' }]);
  const removed = touchedBy(event('project.removed', { projectId: 'p' }));
  expect(removed.row).toBeNull();
  expect(removed.keys).toContainEqual([['projects', 'list']]);
});

test('what belongs to no project touches its noun, the overview and the trail', () => {
  const { keys, row } = touchedBy(event('token.created'));
  expect(keys).toEqual([[['overview']], [['audit']], [['tokens']]]);
  expect(row).toBeNull();
});

test('settings say when the next backup is due, so both are asked for anew', () => {
  const { keys } = touchedBy(event('settings.changed'));
  expect(keys).toContainEqual([['settings']]);
  expect(keys).toContainEqual([['backups']]);
});

test.each(['job.succeeded', 'certificate.removed', 'project.removed', 'dns-credential.updated'])(
  '%s may change who uses a DNS credential',
  (kind) => {
    expect(touchedBy(event(kind, { projectId: 'p' })).keys).toContainEqual([['dnsCredentials']]);
  },
);
