// One message about an incident, however many certificates it concerns, and one when it is over.
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  createNotificationRig,
  MINUTE,
  type NotificationRig,
} from '../../support/engine/notification-rig.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../support/engine/webhook-receiver.ts';

const DIRECTORY = 'https://acme-v02.api.letsencrypt.org/directory';
let rig: NotificationRig;
let receiver: WebhookReceiver;

beforeAll(async () => {
  rig = await createNotificationRig();
  receiver = await startWebhookReceiver();
  await rig.notifications().create({
    type: 'webhook',
    name: 'all',
    enabled: true,
    kinds: ['incident', 'renewed'],
    webhook: { preset: 'generic', url: `${receiver.url}/hook` },
  });
  for (const n of [1, 2, 3, 4]) await rig.certificate(n);
  await rig.pass(MINUTE);
});
afterAll(async () => {
  await rig?.stop();
  await receiver?.stop();
});

let read = 0;
const take = () => {
  const news = receiver.received.slice(read);
  read = receiver.received.length;
  return news.map(({ body }) => JSON.parse(body));
};
const incident = {
  id: 'i1',
  directoryUrl: DIRECTORY,
  explanationUrl: 'https://ca.example/why',
  startedAt: '2026-02-03T10:00:00Z',
  endedAt: null,
};

it('reports an incident once, its renewals not at all, and its end once', async () => {
  for (const n of [1, 2, 3])
    await rig.stores.incidents.recordMove(
      {
        certificateId: `c${n}`,
        projectId: `p${n}`,
        domain: `host-${n}.example.com`,
        directoryUrl: DIRECTORY,
        movedAt: '2026-02-03T10:00:00Z',
        renewBefore: '2026-03-01T00:00:00Z',
        renewAt: '2026-02-03T00:00:00Z',
      },
      null,
    );
  await rig.stores.incidents.create(incident, '2026-02-03T00:00:00Z');
  await rig.pass(MINUTE);
  await rig.pass(MINUTE);
  expect(take()).toMatchObject([
    {
      kind: 'incident',
      state: 'problem',
      title: 'A CA requests early renewal of many certificates',
      items: [
        {
          cause:
            "Let's Encrypt has moved the renewal of 3 certificates to an earlier time so far. Certdesk renews them automatically. The CA explains why at https://ca.example/why",
        },
      ],
    },
  ]);
  for (const projectId of ['p1', 'p2', 'p4'])
    await rig.stores.events.append({
      at: rig.now().toISOString(),
      kind: 'job.succeeded',
      projectId,
      jobId: null,
      message: 'Renewed',
      data: { kind: 'renew' },
    });
  await rig.pass(MINUTE);
  expect(take()).toMatchObject([{ kind: 'renewed', total: 1, items: [{ projectId: 'p4' }] }]);
  await rig.stores.incidents.end('i1', rig.now().toISOString());
  await rig.pass(MINUTE);
  await rig.pass(MINUTE);
  expect(take()).toMatchObject([
    { kind: 'incident', state: 'resolved', title: 'The early renewal of many certificates is done' },
  ]);
});
