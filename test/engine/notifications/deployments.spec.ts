// Messages about deployments and host keys: once when a problem begins and once when it ends.
import { afterEach, beforeEach, expect, it } from 'vitest';
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
  await rig.stores.deployments.update('d1', { state: 'deployed' });
  await rig.pass(MINUTE);
  expect(take()).toMatchObject([{ kind: 'deploy_failed', state: 'resolved' }]);
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
