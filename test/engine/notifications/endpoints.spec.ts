// Messages about endpoints: what clients are given, once when a problem is confirmed and once when it ends.
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  type EndpointCheck,
  type EndpointRecord,
  NOT_CHECKED,
} from '../../../src/main/engine/core/model-endpoint.ts';
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
    kinds: ['not_served', 'endpoint_expiring'],
    webhook: { preset: 'generic', url: `${receiver.url}/hook` },
  });
  await rig.certificate(1);
});
afterEach(async () => {
  await rig?.stop();
  await receiver?.stop();
});

const AT = '2026-02-03T10:00:00Z';
const OLD: Partial<EndpointCheck> = {
  state: 'problem',
  codes: ['served-old'],
  alarms: ['not_served'],
  alarmedAt: AT,
  checkedAt: AT,
  sentence:
    'host-1.example.com:25 still presents the old certificate on 2 of 3 addresses. Restart Postfix there.',
};
const endpoint = (id: string, check: Partial<EndpointCheck> = {}): EndpointRecord => ({
  id,
  projectIds: ['p1'],
  host: `${id}.example.com`,
  port: 25,
  protocol: 'smtp',
  serverName: null,
  addresses: null,
  trust: null,
  expected: 'projects',
  intervalMinutes: 360,
  savedBy: { kind: 'window', id: null, name: 'Test' },
  createdAt: AT,
  updatedAt: AT,
  nextCheckAt: '2026-02-04T10:00:00Z',
  dueCount: 0,
  check: { ...NOT_CHECKED, ...check },
});
const setCheck = (id: string, check: Partial<EndpointCheck>) =>
  rig.stores.endpoints.update(id, { check: { ...NOT_CHECKED, ...check } });
let seen = 0;
const take = () => {
  const fresh = receiver.received.slice(seen).map(({ body }) => JSON.parse(body));
  seen = receiver.received.length;
  return fresh;
};
beforeEach(() => {
  seen = 0;
});

it('says what is not served and what to restart, once, and that it is resolved', async () => {
  await rig.stores.endpoints.create(endpoint('mail', OLD));
  await rig.pass(MINUTE);
  await rig.restart();
  await rig.pass(MINUTE);
  expect(take()).toMatchObject([
    {
      kind: 'not_served',
      state: 'problem',
      title: 'mail.example.com:25: clients do not get the right certificate',
      items: [
        {
          projectId: 'p1',
          cause: expect.stringMatching(
            /^Renewed 20.* UTC; host-1.example.com:25 still presents .*Restart Postfix there\.$/,
          ),
        },
      ],
    },
  ]);
  await setCheck('mail', { state: 'ok', checkedAt: AT });
  await rig.pass(MINUTE);
  expect(take()).toMatchObject([
    { state: 'resolved', title: 'mail.example.com:25 presents the right certificate again' },
  ]);
});

it('sends one message for many servers, and one for all that this machine cannot see', async () => {
  for (let n = 0; n < 30; n += 1)
    await rig.stores.endpoints.create(endpoint(`h${n}`, { ...OLD, unknowns: 0 }));
  await rig.pass(MINUTE);
  expect(take()).toMatchObject([{ kind: 'not_served', total: 30 }]);
  for (let n = 0; n < 30; n += 1) await setCheck(`h${n}`, { ...OLD, state: 'unknown', unknowns: 2 });
  await rig.pass(MINUTE);
  await rig.pass(MINUTE);
  expect(take()).toMatchObject([
    {
      total: 1,
      items: [{ cause: 'Certdesk cannot see 30 endpoints from this machine. Check its network.' }],
    },
  ]);
});

it('reports nothing about the end of a problem whose endpoint was deleted', async () => {
  await rig.stores.endpoints.create(endpoint('mail', OLD));
  await rig.pass(MINUTE);
  await rig.stores.endpoints.delete('mail');
  await rig.pass(MINUTE);
  expect(take()).toHaveLength(1);
});
