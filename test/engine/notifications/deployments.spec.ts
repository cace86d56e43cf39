// Messages about rollouts and host keys: one when a problem begins and one when it ends.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DeploymentRunRecord } from '../../../src/main/engine/core/model-deploy.ts';
import { NOT_CHECKED } from '../../../src/main/engine/core/model-endpoint.ts';
import { DEPLOYMENT, HOST, RUN } from '../../support/engine/many-deployments.ts';
import {
  createNotificationRig,
  MINUTE,
  type NotificationRig,
} from '../../support/engine/notification-rig.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../support/engine/webhook-receiver.ts';

let rig: NotificationRig;
let receiver: WebhookReceiver;
let seen = 0;

beforeEach(async () => {
  seen = 0;
  rig = await createNotificationRig();
  receiver = await startWebhookReceiver();
  await rig.notifications().create({
    type: 'webhook',
    name: 'all',
    enabled: true,
    kinds: ['deploy_failed', 'not_served', 'host_key_changed'],
    webhook: { preset: 'generic', url: `${receiver.url}/hook` },
  });
  await rig.certificate(1);
  await rig.stores.hosts.create(HOST);
  await rig.stores.deployments.create({ ...DEPLOYMENT, projectId: 'p1' });
  await rig.stores.deployments.addTarget({ deploymentId: 'd1', hostId: 'h1', runId: 'r1' });
});
afterEach(async () => {
  await rig?.stop();
  await receiver?.stop();
});

const take = () => {
  const fresh = receiver.received.slice(seen).map(({ body }) => JSON.parse(body));
  seen = receiver.received.length;
  return fresh;
};

it('reports a failed deployment with what the host said, and that it is deployed again', async () => {
  const error = {
    success: false,
    code: 'DEPLOYMENT_COMMAND_FAILED',
    error: 'web-1: nginx -t failed',
  } as const;
  await rig.stores.deploymentRuns.create({ ...RUN, state: 'rolled-back', error });
  await rig.stores.deployments.update('d1', { state: 'failed' });
  await rig.pass(MINUTE);
  await rig.pass(MINUTE);
  expect(take()).toMatchObject([
    {
      kind: 'deploy_failed',
      state: 'problem',
      items: [{ projectId: 'p1', cause: 'nginx: web-1: nginx -t failed.' }],
    },
  ]);
  await rig.stores.deployments.update('d1', { state: 'deploying' });
  await rig.pass(MINUTE);
  expect(take()).toEqual([]);
  await rig.stores.deploymentRuns.update('r1', { state: 'deployed', error: null });
  await rig.stores.deployments.update('d1', { state: 'deployed' });
  await rig.pass(MINUTE);
  const items = [{ cause: 'nginx: deployed.' }];
  expect(take()).toMatchObject([{ kind: 'deploy_failed', state: 'resolved', items }]);
});

it('reports a service that does not serve what was installed', async () => {
  const error = { success: false, code: 'DEPLOYMENT_NOT_SERVED', error: 'Restart the service' } as const;
  await rig.stores.deploymentRuns.create({ ...RUN, state: 'not-served', error });
  await rig.stores.deployments.update('d1', { state: 'not-served' });
  await rig.pass(MINUTE);
  expect(take()).toMatchObject([{ kind: 'not_served', items: [{ cause: 'nginx: Restart the service.' }] }]);
});

it('reports a changed host key, and that an accepted one is presented again', async () => {
  const changedKey = { type: 'ssh-ed25519', sha256: 'n'.repeat(43) } as const;
  await rig.stores.hosts.update('h1', { changedKey, lastError: 'web-1 presented another key.' });
  await rig.pass(MINUTE);
  expect(take()).toMatchObject([
    {
      kind: 'host_key_changed',
      title: 'web-1 presents another host key',
      items: [{ cause: 'web-1 presented another key.' }],
    },
  ]);
  await rig.stores.hosts.update('h1', { changedKey: null, lastError: null });
  await rig.pass(MINUTE);
  expect(take()).toMatchObject([{ state: 'resolved', title: 'web-1 presents an accepted host key again' }]);
});

const FAILURE = { success: false, code: 'DEPLOYMENT_COMMAND_FAILED', error: 'nginx -t failed' } as const;

/** Two deployments of one project, the second on two hosts, with a last run on each host. */
async function rollOut(runs: readonly Partial<DeploymentRunRecord>[], state: 'failed' | 'not-served') {
  const { deployments, deploymentRuns, hosts } = rig.stores;
  const at = (n: number) => `2026-02-03T09:59:0${n}Z`;
  const targets = [
    { deploymentId: 'd1', hostId: 'h1' },
    { deploymentId: 'd2', hostId: 'h2' },
    { deploymentId: 'd2', hostId: 'h3' },
  ];
  for (const n of [2, 3]) await hosts.create({ ...HOST, id: `h${n}`, name: `web-${n}` });
  await deployments.create({ ...DEPLOYMENT, id: 'd2', name: 'mail', hosts: { ids: ['h2', 'h3'] } });
  for (const [n, target] of targets.entries()) {
    const id = `r${n + 1}`;
    await deploymentRuns.create({ ...RUN, ...target, id, createdAt: at(n), startedAt: at(n), ...runs[n] });
    await deployments.addTarget({ ...target, runId: id });
  }
  for (const id of ['d1', 'd2']) await deployments.update(id, { state });
}

const FAILED = { state: 'failed', error: FAILURE } as const;

async function succeed(): Promise<void> {
  for (const id of ['r1', 'r2', 'r3'])
    await rig.stores.deploymentRuns.update(id, { state: 'deployed', error: null });
  for (const id of ['d1', 'd2']) await rig.stores.deployments.update(id, { state: 'deployed' });
}

it('sends one message for a rollout, with how many targets failed and which first, also after a restart', async () => {
  await rollOut([FAILED, {}, { ...FAILED, nextAttemptAt: '2026-02-03T10:30:00Z' }], 'failed');
  await rig.pass(MINUTE);
  await rig.restart();
  await rig.pass(MINUTE);
  expect(take()).toMatchObject([
    {
      kind: 'deploy_failed',
      total: 1,
      items: [{ projectId: 'p1', cause: '2 of 3 targets failed, first web-1 (nginx): nginx -t failed.' }],
    },
  ]);
  // One target is attempted again, and the other one has recovered.
  await rig.stores.deploymentRuns.update('r1', { state: 'deployed', error: null });
  await rig.stores.deploymentRuns.update('r3', { state: 'running' });
  await rig.stores.deployments.update('d1', { state: 'deployed' });
  await rig.stores.deployments.update('d2', { state: 'deploying' });
  await rig.pass(MINUTE);
  await rig.restart();
  await rig.pass(MINUTE);
  expect(take()).toEqual([]);
  await succeed();
  await rig.pass(MINUTE);
  await rig.restart();
  await rig.pass(MINUTE);
  expect(take()).toMatchObject([
    { kind: 'deploy_failed', state: 'resolved', items: [{ cause: 'Deployed to all 3 targets.' }] },
  ]);
});

it('delays the message while further targets are in progress, but for 10 minutes at most', async () => {
  await rollOut([FAILED, { state: 'running' }, { state: 'pending', attempts: 0 }], 'failed');
  for (let n = 0; n < 8; n += 1) await rig.pass(MINUTE);
  expect(take()).toEqual([]);
  await rig.pass(MINUTE);
  expect(take()).toMatchObject([
    {
      items: [{ cause: '1 of 3 targets failed, first web-1 (nginx): nginx -t failed. 1 has not started.' }],
    },
  ]);
});

it('reports at once a failed canary that stops the rollout', async () => {
  const held = { state: 'pending', attempts: 0 } as const;
  await rollOut([{}, FAILED, held], 'failed');
  await rig.pass(MINUTE);
  expect(take()).toMatchObject([
    { items: [{ cause: '1 of 3 targets failed, first web-2 (mail): nginx -t failed. 1 has not started.' }] },
  ]);
});

it('counts targets that do not serve the certificate, and reports a renewed one that fails again', async () => {
  const notServed = { state: 'not-served', error: { ...FAILURE, error: 'Restart Postfix' } } as const;
  await rollOut([{}, notServed, notServed], 'not-served');
  await rig.pass(MINUTE);
  const cause = '2 of 3 targets do not serve it, first web-2 (mail): Restart Postfix.';
  expect(take()).toMatchObject([{ kind: 'not_served', items: [{ cause }] }]);
  await rig.stores.deploymentRuns.create({ ...RUN, ...FAILED, id: 'r4', versionId: 'c2', hostId: 'h1' });
  await rig.stores.deployments.setLastRun({ deploymentId: 'd1', hostId: 'h1', runId: 'r4' });
  await rig.stores.deployments.update('d1', { state: 'failed' });
  await rig.pass(MINUTE);
  const both = '1 of 3 targets failed and 2 do not serve it, first web-1 (nginx): nginx -t failed.';
  expect(take()).toMatchObject([{ kind: 'deploy_failed', state: 'problem', items: [{ cause: both }] }]);
});

it('says nothing about an endpoint with the old certificate as long as a failed rollout explains it', async () => {
  const at = '2026-02-03T10:00:00Z';
  const alarm = { state: 'problem', codes: ['served-old'], alarms: ['not_served'], alarmedAt: at } as const;
  await rig.stores.endpoints.create({
    id: 'e1',
    projectIds: ['p1'],
    host: 'host-1.example.com',
    port: 25,
    protocol: 'smtp',
    serverName: null,
    addresses: null,
    trust: null,
    expected: 'projects',
    intervalMinutes: 360,
    savedBy: HOST.savedBy,
    createdAt: at,
    updatedAt: at,
    nextCheckAt: at,
    dueCount: 0,
    check: { ...NOT_CHECKED, ...alarm, checkedAt: at },
  });
  await rollOut([FAILED, {}, {}], 'failed');
  await rig.pass(MINUTE);
  await rig.pass(MINUTE);
  expect(take()).toMatchObject([{ kind: 'deploy_failed' }]);
  await succeed();
  await rig.pass(MINUTE);
  expect(take()).toMatchObject([{ kind: 'deploy_failed', state: 'resolved' }]);
  // The check that the end of the rollout has made due still sees the old certificate.
  await rig.stores.endpoints.update('e1', { nextCheckAt: '2026-02-03T16:00:00Z' });
  await rig.pass(MINUTE);
  expect(take()).toMatchObject([{ kind: 'not_served' }]);
});
