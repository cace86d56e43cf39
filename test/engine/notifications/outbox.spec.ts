// Delivery: signed, retried on schedule, given up after a day with an entry, not lost by a kill.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_RENEWAL_YET } from '../../../src/main/engine/certificates/renewal-plan.ts';
import type { UpdateChannel } from '../../../src/shared/notification.ts';
import {
  createNotificationRig,
  MINUTE,
  type NotificationRig,
} from '../../support/engine/notification-rig.ts';
import {
  isGenuine,
  startWebhookReceiver,
  type WebhookReceiver,
} from '../../support/engine/webhook-receiver.ts';

const FAILED = { ...NO_RENEWAL_YET, failures: 1, lastError: 'No route' };
const SECRET = 'a signing secret of the tests';
let rig: NotificationRig;
let receiver: WebhookReceiver;

beforeEach(async () => {
  rig = await createNotificationRig();
  receiver = await startWebhookReceiver();
});
afterEach(async () => {
  await rig?.stop();
  await receiver?.stop();
});

async function channel(webhook: UpdateChannel['webhook'] = {}): Promise<string> {
  const { id } = await rig.notifications().create({
    type: 'webhook',
    name: 'ops',
    enabled: true,
    kinds: ['failed', 'revoked'],
    webhook: {
      preset: 'generic',
      url: `${receiver.url}/hook/a-secret-path-of-a-webhook`,
      signingSecret: SECRET,
      ...(webhook as object),
    },
  });
  return id;
}
const queue = async () => (await rig.notifications().queue(50))[0];
const abort = () => AbortSignal.timeout(60_000);

describe('a webhook', () => {
  it('is signed over time and body, so that a receiver detects changed and old messages', async () => {
    await channel({ token: 'tk_secret' });
    await rig.certificate(1, { renewal: FAILED });
    await rig.pass(MINUTE);
    const [got] = receiver.received;
    if (got === undefined) throw new Error('nothing came');
    const now = rig.now().getTime() / 1000;
    expect(isGenuine(SECRET, got, now)).toBe(true);
    expect(isGenuine('another secret of somebody', got, now)).toBe(false);
    expect(isGenuine(SECRET, { ...got, body: `${got.body} ` }, now)).toBe(false);
    expect(isGenuine(SECRET, got, now + 301)).toBe(false);
    expect(got.headers.authorization).toBe('Bearer tk_secret');
    expect(got.headers['certdesk-delivery']).toBe(JSON.parse(got.body).id);
  });

  it('that answers 429 is not called before the time that it asks for, with later messages either', async () => {
    await channel();
    receiver.answer({ status: 429, headers: { 'retry-after': '1200' } }, { status: 204 });
    await rig.certificate(1, { renewal: FAILED });
    await rig.pass(MINUTE);
    expect(await queue()).toMatchObject({
      state: 'waiting',
      attempts: 1,
      nextAttemptAt: '2026-02-03T10:21:00Z',
    });
    await rig.certificate(2, { revokedAt: '2026-02-03T09:00:00Z' });
    await rig.pass(MINUTE);
    expect(receiver.received).toHaveLength(2); // the second message is new, and goes out
    await rig.pass(17 * MINUTE);
    expect(receiver.received).toHaveLength(2);
    await rig.pass(2 * MINUTE);
    expect(receiver.received).toHaveLength(3);
    const ids = receiver.received.map(({ headers }) => headers['certdesk-delivery']);
    expect(ids[2]).toBe(ids[0]);
  });

  it('that fails is retried after 1, 5, 15 minutes and so on, and given up after a day with an audit entry', async () => {
    await channel();
    receiver.answer({ status: 500, body: 'out of order' });
    await rig.certificate(1, { renewal: FAILED });
    await rig.pass(MINUTE);
    const times = [rig.now().getTime()];
    for (let next = (await queue())?.nextAttemptAt; next != null; next = (await queue())?.nextAttemptAt) {
      const before = receiver.received.length;
      await rig.pass(Date.parse(next) - rig.now().getTime() - 1_000);
      expect(receiver.received).toHaveLength(before);
      await rig.pass(1_000);
      expect(receiver.received).toHaveLength(before + 1);
      times.push(rig.now().getTime());
    }
    const waits = times.slice(1).map((time, n) => Math.round((time - (times[n] ?? 0)) / MINUTE));
    expect(waits).toEqual([1, 5, 15, 30, 60, 120, 240, 240, 240, 240, 240, 9]);
    expect(await queue()).toMatchObject({
      state: 'given-up',
      attempts: 13,
      lastError: expect.stringContaining('500: out of order'),
    });
    const [entry] = await rig.stores.audit.list({ limit: 1, before: null });
    expect(entry).toMatchObject({ operation: 'notifications.deliver', result: 'NOTIFICATION_FAILED' });
    expect(entry?.message).toContain('to ops after 13 attempts');
  });

  it('that redirects is not followed', async () => {
    const id = await channel();
    receiver.answer({ status: 302, headers: { location: `${receiver.url}/elsewhere` } });
    const error = await rig
      .notifications()
      .test(id, abort())
      .catch((cause: unknown) => cause);
    expect(error).toMatchObject({
      code: 'NOTIFICATION_FAILED',
      message: expect.stringMatching(/302.*does not follow/),
    });
    expect(receiver.received).toHaveLength(1);
  });

  it('that hangs times out, and the message stays', async () => {
    const id = await channel();
    receiver.answer('hang');
    const gone = new AbortController();
    const tested = rig.notifications().test(id, gone.signal);
    await Promise.all([
      expect(tested).rejects.toThrow('the caller has gone'),
      expect
        .poll(() => receiver.received.length)
        .toBe(1)
        .then(() => gone.abort(new Error('the caller has gone'))),
    ]);
    await rig.restart(1_000);
    await rig.certificate(1, { renewal: FAILED });
    await rig.pass(MINUTE);
    expect(await queue()).toMatchObject({
      state: 'waiting',
      lastError: expect.stringMatching(/within 1 second/),
    });
  });

  it('reports the response to a test, without the secrets that the receiver repeats', async () => {
    const id = await channel({ token: 'tk_a_token_of_ntfy' });
    const echo = `no such hook /hook/a-secret-path-of-a-webhook for tk_a_token_of_ntfy, ${SECRET}`;
    receiver.answer({ status: 404, body: echo });
    const error = await rig
      .notifications()
      .test(id, abort())
      .catch((cause: unknown) => cause);
    const said = JSON.stringify(error, Object.getOwnPropertyNames(error));
    expect(error).toMatchObject({ message: expect.stringContaining('404: no such hook') });
    for (const secret of ['a-secret-path-of-a-webhook', 'tk_a_token_of_ntfy', SECRET])
      expect(said).not.toContain(secret);
    receiver.answer({ status: 200, body: 'ok' });
    expect(await rig.notifications().test(id, abort())).toMatchObject({
      success: true,
      status: 200,
      answer: 'ok',
    });
  });

  it('shows the cause of a failed test until one succeeds', async () => {
    const id = await channel();
    const state = async () => (await rig.notifications().list())[0]?.lastError;
    receiver.answer({ status: 500, body: 'out of order' }, { status: 200 });
    await expect(rig.notifications().test(id, abort())).rejects.toThrow('500: out of order');
    expect(await state()).toContain('500: out of order');
    await rig.notifications().test(id, abort());
    expect(await state()).toBeNull();
  });

  it('does not send its token to another server than the one that it was saved for', async () => {
    const id = await channel({ token: 'tk_secret' });
    const move = (more: object) =>
      rig.notifications().update(id, { webhook: { url: 'https://collector.example/x', ...more } });
    await expect(move({})).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      details: { issues: [{ field: 'webhook.token' }] },
    });
    await rig.notifications().update(id, { webhook: { url: `${receiver.url}/another/path` } });
    expect((await move({ token: null })).webhook).toMatchObject({ hasToken: false });
  });
});

it('a kill between sending and recording a message sends it again, under the same id', async () => {
  await channel();
  await rig.certificate(1, { renewal: FAILED });
  receiver.answer('hang', { status: 204 });
  const tick = rig.pass(MINUTE).catch(() => undefined); // the receiver has it, and the process is killed before it records that
  await expect.poll(() => receiver.received.length).toBe(1);
  await rig.restart();
  await rig.pass(MINUTE);
  expect(receiver.received).toHaveLength(2);
  const [first, second] = receiver.received.map(({ headers }) => headers['certdesk-delivery']);
  expect(second).toBe(first);
  await rig.pass(MINUTE);
  expect(receiver.received).toHaveLength(2);
  await receiver.stop();
  await tick;
});

describe('a channel', () => {
  it('that is changed is retried at once; one that is off or removed gets nothing', async () => {
    const id = await channel();
    receiver.answer({ status: 500 });
    await rig.certificate(1, { renewal: FAILED });
    await rig.pass(MINUTE);
    receiver.answer({ status: 204 });
    await rig.notifications().update(id, { name: 'ops 2' });
    await rig.pass(1_000);
    expect(await queue()).toMatchObject({ state: 'sent', attempts: 2 });
    await rig.notifications().update(id, { enabled: false });
    await rig.certificate(2, { renewal: FAILED });
    await rig.pass(MINUTE);
    expect(receiver.received).toHaveLength(2);
    await rig.notifications().remove(id);
    expect([...rig.secrets.keys()]).toEqual([]);
    await expect(rig.notifications().remove(id)).rejects.toMatchObject({
      code: 'NOTIFICATION_CHANNEL_NOT_FOUND',
    });
  });

  it('keeps a change made while a delivery records its result', async () => {
    const id = await channel();
    const { notifications } = rig.stores;
    await Promise.all([
      notifications.updateChannel(id, { name: 'renamed' }),
      notifications.updateChannel(id, { lastError: 'no route' }),
    ]);
    expect(await notifications.channel(id)).toMatchObject({ name: 'renamed', lastError: 'no route' });
  });

  it('gets a signing secret if none is given, and shows it once', async () => {
    const made = await rig.notifications().create({
      type: 'webhook',
      name: 'x',
      enabled: true,
      kinds: ['failed'],
      webhook: { preset: 'generic', url: `${receiver.url}/x` },
    });
    expect(made.signingSecret).toMatch(/^[\w-]{43}$/);
    expect(made.webhook?.url).toBe(`${receiver.url}/…`);
    expect(JSON.stringify(await rig.notifications().list())).not.toContain(made.signingSecret);
  });
});
