// Messages about Certdesk's own HTTPS: once when it does not serve the chosen certificate, and once when it does again.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { HttpsState } from '../../../src/shared/https.ts';
import {
  createNotificationRig,
  MINUTE,
  type NotificationRig,
} from '../../support/engine/notification-rig.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../support/engine/webhook-receiver.ts';

let rig: NotificationRig;
let receiver: WebhookReceiver;

beforeEach(async () => {
  rig = await createNotificationRig();
  receiver = await startWebhookReceiver();
  await rig.notifications().create({
    type: 'webhook',
    name: 'all',
    enabled: true,
    kinds: ['not_served'],
    webhook: { preset: 'generic', url: `${receiver.url}/hook` },
  });
});
afterEach(async () => {
  await rig?.stop();
  await receiver?.stop();
});

const STATE: HttpsState = {
  certificate: 'project',
  problem: null,
  message: null,
  projectId: 'p1',
  names: ['certs.example.com'],
  fingerprint: 'AB:CD',
  expiresAt: '2026-05-01T00:00:00Z',
  trusted: true,
  redirect: 'off',
};
const EXPIRED: HttpsState = {
  ...STATE,
  certificate: 'self-signed',
  problem: 'certificate-expired',
  message: 'The certificate has expired. Certdesk serves its self-signed certificate.',
};
const received = () => receiver.received.map(({ body }) => JSON.parse(body));

it('are sent once when the problem begins and once when it ends', async () => {
  rig.setHttps(EXPIRED);
  await rig.pass(MINUTE);
  await rig.pass(MINUTE);
  expect(received()).toMatchObject([
    {
      kind: 'not_served',
      state: 'problem',
      items: [{ cause: `HTTPS of Certdesk itself: ${EXPIRED.message}` }],
    },
  ]);
  rig.setHttps(STATE);
  await rig.pass(MINUTE);
  await rig.pass(MINUTE);
  expect(received().map(({ state }) => state)).toEqual(['problem', 'resolved']);
});

it('are not sent for a server without a chosen project, which is self-signed on purpose', async () => {
  rig.setHttps({ ...EXPIRED, problem: 'no-project' });
  await rig.pass(MINUTE);
  expect(received()).toEqual([]);
});
