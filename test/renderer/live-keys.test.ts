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

test('a step refreshes only its job', () => {
  expect(touchedBy(event('job.step', { projectId: 'p', jobId: 'j' }))).toEqual({
    keys: [[['jobs', 'get'], { input: { jobId: 'j' } }]],
    row: null,
  });
});

test('a step that waits for a manual TXT record refreshes the overview too', () => {
  const more = { provider: 'manual', action: 'add', name: '_acme-challenge.shop.example.com', value: 'x' };
  const step = { ...event('job.step', { projectId: 'p', jobId: 'j' }), data: { step: 'challenge', more } };
  expect(touchedBy(step).keys).toContainEqual([['overview']]);
});

test('a changed project patches its row, and a created or removed one reloads the lists', () => {
  const patched = touchedBy(event('certificate.stored', { projectId: 'p' }));
  expect(patched.row).toBe('p');
  expect(patched.keys).toContainEqual([['projects'], { input: { id: 'p' } }]);
  expect(patched.keys).toContainEqual([['projects', 'list'], { type: 'query' }]);
  const removed = touchedBy(event('project.removed', { projectId: 'p' }));
  expect(removed.row).toBeNull();
  expect(removed.keys).toContainEqual([['projects', 'list']]);
});

test('an event without project refreshes its resource, the overview and the trail', () => {
  const { keys, row } = touchedBy(event('token.created'));
  expect(keys).toEqual([[['overview']], [['audit']], [['tokens']]]);
  expect(row).toBeNull();
});

test('changed settings refresh backups too, which show when the next one is due', () => {
  const { keys } = touchedBy(event('settings.changed'));
  expect(keys).toContainEqual([['settings']]);
  expect(keys).toContainEqual([['backups']]);
});

test.each(['job.succeeded', 'certificate.removed', 'project.removed', 'dns-credential.updated'])(
  '%s may change which projects use a DNS credential',
  (kind) => {
    expect(touchedBy(event(kind, { projectId: 'p' })).keys).toContainEqual([['dnsCredentials']]);
  },
);

test('a step of a deployment refreshes only its run and its page', () => {
  const data = { deploymentId: 'd', runId: 'r', hostId: 'h', step: 'stage', state: 'running' };
  expect(touchedBy({ ...event('deployment.step', { projectId: 'p' }), data })).toEqual({
    keys: [
      [['deployments', 'get'], { input: { deploymentId: 'd' } }],
      [['deployments', 'runs'], { input: { deploymentId: 'd' } }],
      [['deployments', 'getRun'], { input: { runId: 'r' } }],
    ],
    row: null,
  });
});

test('the end of a deployment refreshes deployments and hosts, and patches the row of its project', () => {
  const { keys, row } = touchedBy(event('deployment.finished', { projectId: 'p' }));
  expect(keys).toContainEqual([['deployments']]);
  expect(keys).toContainEqual([['hosts']]);
  expect(row).toBe('p');
});
