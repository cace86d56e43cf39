// Channels with tags: they get messages about the projects that have one of the tags, and nothing else.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { NO_RENEWAL_YET } from '../../../src/main/engine/certificates/renewal-plan.ts';
import { CreateChannelSchema, NOTIFICATION_KINDS } from '../../../src/shared/notification.ts';
import {
  createNotificationRig,
  MINUTE,
  type NotificationRig,
} from '../../support/engine/notification-rig.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../support/engine/webhook-receiver.ts';

const DAY = 86_400_000;
const FAILED = { ...NO_RENEWAL_YET, failures: 1, lastError: 'The CA could not connect' };
let rig: NotificationRig;
let receiver: WebhookReceiver;
let seen: number;

beforeEach(async () => {
  rig = await createNotificationRig();
  receiver = await startWebhookReceiver();
  seen = 0;
});
afterEach(async () => {
  await rig?.stop();
  await receiver?.stop();
});

const channel = (name: string, tags: readonly string[] = []) =>
  rig.notifications().create(
    CreateChannelSchema.parse({
      type: 'webhook',
      name,
      kinds: [...NOTIFICATION_KINDS],
      tags,
      webhook: { preset: 'generic', url: `${receiver.url}/${name}` },
    }),
  );
const setTags = (n: number, tags: readonly string[]) => rig.stores.projects.update(`p${n}`, { tags });
const fail = (n: number) => rig.certificate(n, { renewal: FAILED });

/** The messages since the last call, by channel: `shop: problem failed host-1.example.com`. */
function take(): readonly string[] {
  const fresh = receiver.received.slice(seen);
  seen = receiver.received.length;
  return fresh
    .map(({ path, body }) => {
      const { state, kind, items } = JSON.parse(body);
      const domains = items.map((item: { domain: string }) => item.domain ?? '-').toSorted();
      return `${path.slice(1)}: ${[state, kind, ...domains].join(' ')}`;
    })
    .toSorted();
}

it('hear of problems and their end, and of renewals, of projects with one of their tags', async () => {
  await channel('all');
  await channel('shop', ['shop', 'store']);
  await channel('mail', ['mail']);
  for (const n of [1, 2, 3]) await rig.certificate(n);
  await setTags(1, ['eu', 'shop']);
  await setTags(2, ['mail', 'store']);
  await rig.pass(MINUTE);
  expect(take()).toEqual([]);
  for (const n of [1, 2, 3]) await fail(n);
  await rig.pass(MINUTE);
  expect(take()).toEqual([
    'all: problem failed host-1.example.com host-2.example.com host-3.example.com',
    'mail: problem failed host-2.example.com',
    'shop: problem failed host-1.example.com host-2.example.com',
  ]);
  for (const n of [1, 2, 3]) await rig.certificate(n);
  await rig.stores.events.append({
    at: rig.now().toISOString(),
    kind: 'job.succeeded',
    projectId: 'p1',
    jobId: null,
    message: '',
    data: { kind: 'renew' },
  });
  await rig.pass(MINUTE);
  expect(take()).toEqual([
    'all: news renewed host-1.example.com',
    'all: resolved failed host-1.example.com host-2.example.com host-3.example.com',
    'mail: resolved failed host-2.example.com',
    'shop: news renewed host-1.example.com',
    'shop: resolved failed host-1.example.com host-2.example.com',
  ]);
});

it('hear nothing of a project that has lost the tag, and nothing about Certdesk itself', async () => {
  const { id } = await channel('shop', ['shop']);
  await rig.certificate(1);
  await setTags(1, ['shop']);
  await rig.pass(MINUTE);
  await setTags(1, []);
  await fail(1);
  await rig.pass(6 * MINUTE, false); // the renewal check is late
  await rig.notifications().report({ kind: 'backup_failed', key: 'backup', problem: 'No space' });
  await rig.pass(MINUTE);
  expect(take()).toEqual([]);
  await rig.notifications().update(id, { tags: [] });
  await rig.notifications().report({ kind: 'backup_failed', key: 'backup', problem: null });
  await rig.pass(MINUTE);
  expect(take()).toContain('shop: resolved backup_failed -');
});

it('get a digest of their projects', async () => {
  await channel('all');
  await channel('shop', ['shop']);
  for (const n of [1, 2, 3]) await rig.certificate(n, { renewal: FAILED });
  await setTags(1, ['shop']);
  await rig.pass(MINUTE);
  take();
  await rig.pass(7 * DAY);
  const digests = receiver.received.slice(seen).map(({ path, body }) => ({ path, ...JSON.parse(body) }));
  const texts = Object.fromEntries(
    digests.filter(({ kind }) => kind === 'digest').map(({ path, text }) => [path, text]),
  );
  expect(texts['/all']).toContain('Projects: 3;');
  expect(texts['/shop']).toContain('Projects: 1;');
  expect(texts['/shop']).toContain('host-1.example.com');
  expect(texts['/shop']).not.toContain('host-2.example.com');
});
