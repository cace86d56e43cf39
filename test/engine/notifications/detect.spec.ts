// Which notifications are sent, and that each is sent once: states of certificates, the renewal check, backups, the
// weekly digest.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_RENEWAL_YET } from '../../../src/main/engine/certificates/renewal-plan.ts';
import { toTimestamp } from '../../../src/shared/time.ts';
import {
  createNotificationRig,
  MINUTE,
  type NotificationRig,
} from '../../support/engine/notification-rig.ts';
import { JOB, SPEC } from '../../support/engine/records.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../support/engine/webhook-receiver.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const FAILED = { ...NO_RENEWAL_YET, failures: 1, lastError: 'The CA could not connect to 192.0.2.1' };
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

const channel = (kinds?: readonly string[]) =>
  rig.notifications().create({
    type: 'webhook',
    name: 'all',
    enabled: true,
    kinds: (kinds ?? [
      'failed',
      'expiring',
      'action_needed',
      'renewed',
      'revoked',
      'renewal_check_missed',
      'backup_failed',
      'digest',
    ]) as never,
    webhook: { preset: 'generic', url: `${receiver.url}/hook` },
  });
/** The notifications since the last call: `problem failed 1 host-1.example.com`. */
let seen = 0;
const takeNotifications = (): readonly string[] => {
  const fresh = receiver.received.slice(seen).map(({ body }) => JSON.parse(body));
  seen = receiver.received.length;
  return fresh.map(({ state, kind, total, items }) =>
    [state, kind, total, ...items.map((item: { domain: string }) => item.domain ?? '-')].join(' '),
  );
};
beforeEach(() => {
  seen = 0;
});

describe('a failed renewal', () => {
  it('is reported once with its cause, and resolved once', async () => {
    await channel();
    await rig.certificate(1);
    await rig.pass(MINUTE);
    expect(takeNotifications()).toEqual([]);
    await rig.certificate(1, { renewal: FAILED });
    await rig.pass(MINUTE);
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({
      version: 1,
      kind: 'failed',
      state: 'problem',
      title: 'host-1.example.com: certificate request or renewal failed',
      items: [{ projectId: 'p1', cause: expect.stringContaining('could not connect to 192.0.2.1') }],
    });
    expect(takeNotifications()).toEqual(['problem failed 1 host-1.example.com']);
    await rig.certificate(1, { renewal: { ...FAILED, failures: 2 } });
    await rig.pass(MINUTE);
    await rig.restart();
    await rig.pass(MINUTE);
    expect(takeNotifications()).toEqual([]);
    await rig.certificate(1);
    await rig.pass(MINUTE);
    expect(takeNotifications()).toEqual(['resolved failed 1 host-1.example.com']);
    await rig.pass(MINUTE);
    expect(takeNotifications()).toEqual([]);
  });

  it('of many projects is one message that names some', async () => {
    await channel();
    for (let n = 0; n < 25; n += 1) await rig.certificate(n, { renewal: FAILED });
    await rig.pass(MINUTE);
    expect(receiver.received).toHaveLength(1);
    const { title, text, items } = JSON.parse(receiver.received[0]?.body ?? '');
    expect(title).toBe('25 certificate requests or renewals failed');
    expect(items).toHaveLength(20);
    expect(text).toMatch(/\nAnd 5 more\.$/);
  });

  it('near the end of a lifetime also reports an expiry without a planned renewal', async () => {
    await channel();
    await rig.certificate(1, {
      renewal: FAILED,
      expiresAt: '2026-02-03T22:00:00Z',
    });
    await rig.pass(MINUTE);
    expect(takeNotifications().toSorted()).toEqual([
      'problem expiring 1 host-1.example.com',
      'problem failed 1 host-1.example.com',
    ]);
  });

  it('of a certificate that is removed ends silently', async () => {
    await channel();
    await rig.certificate(1, { renewal: FAILED });
    await rig.pass(MINUTE);
    takeNotifications();
    const active = await rig.stores.certificates.active('p1');
    await rig.stores.certificates.update(active?.id ?? '', { removedAt: '2026-02-03T10:00:00Z' });
    await rig.pass(MINUTE);
    expect(takeNotifications()).toEqual([]);
  });
});

it('a certificate that will not be renewed is reported at a third of its lifetime, and again in its last days', async () => {
  await channel();
  const begin = rig.now();
  const at = (days: number) => `${new Date(begin.getTime() + days * DAY).toISOString().slice(0, 19)}Z`;
  await rig.certificate(1, {
    type: 'custom',
    spec: null,
    autoRenew: false,
    issuedAt: at(-50),
    expiresAt: at(40),
  });
  await rig.pass(MINUTE);
  expect(takeNotifications()).toEqual([]);
  await rig.pass(10 * DAY + MINUTE);
  expect(takeNotifications().filter((line) => line.includes('expiring'))).toEqual([
    'problem expiring 1 host-1.example.com',
  ]);
  await rig.pass(10 * DAY);
  expect(takeNotifications().filter((line) => line.includes('expiring'))).toEqual([]);
  await rig.pass(14 * DAY);
  expect(takeNotifications().filter((line) => line.includes('expiring'))).toEqual([
    'problem expiring 1 host-1.example.com',
  ]);
});

it('a revocation and a renewal are reported once each', async () => {
  await channel();
  await rig.certificate(1, { revokedAt: '2026-02-03T09:00:00Z', revocationReason: 'keyCompromise' });
  await rig.certificate(2);
  await rig.pass(MINUTE);
  expect(takeNotifications()).toEqual(['problem revoked 1 host-1.example.com']);
  const event = { kind: 'job.succeeded', jobId: 'j', message: 'renew succeeded', data: { kind: 'renew' } };
  await rig.stores.events.append({ ...event, projectId: 'p2', at: '2026-02-03T10:01:00Z' });
  await rig.stores.events.append({
    ...event,
    projectId: 'p1',
    data: { kind: 'obtain' },
    at: '2026-02-03T10:01:00Z',
  });
  await rig.certificate(1);
  await rig.pass(MINUTE);
  expect(takeNotifications()).toEqual([
    'resolved revoked 1 host-1.example.com',
    'news renewed 1 host-2.example.com',
  ]);
  await rig.restart();
  await rig.pass(MINUTE);
  expect(takeNotifications()).toEqual([]);
});

describe('a late renewal check', () => {
  it('while Certdesk runs is an alarm, reported once, and so is its recovery', async () => {
    await channel();
    await rig.pass(MINUTE);
    for (let minute = 0; minute < 8; minute += 1) await rig.pass(MINUTE, false);
    expect(takeNotifications()).toEqual(['problem renewal_check_missed 1 -']);
    await rig.pass(MINUTE);
    expect(takeNotifications()).toEqual(['resolved renewal_check_missed 1 -']);
  });

  it('is reported after a long downtime, and not after a short one', async () => {
    await channel();
    await rig.pass(MINUTE);
    await rig.pass(3 * 3_600_000, false);
    expect(takeNotifications()).toEqual([]);
    await rig.pass(MINUTE);
    await rig.pass(20 * 3_600_000, false);
    expect(takeNotifications()).toEqual(['problem renewal_check_missed 1 -']);
    expect(receiver.received.at(-1)?.body).toContain('from 2026-02-03 13:02 UTC to 2026-02-04 09:02 UTC');
    await rig.pass(MINUTE);
    expect(takeNotifications()).toEqual([]);
  });

  it('is reported after a start too, once', async () => {
    await channel();
    await rig.restart();
    await rig.stores.settings.set('last-sweep', { at: '2026-02-01T00:00:00Z', begun: 0, ms: 1, error: null });
    await rig.notifications().start();
    await rig.notifications().tick();
    expect(takeNotifications()).toEqual(['problem renewal_check_missed 1 -']);
    await rig.notifications().start();
    await rig.notifications().tick();
    expect(takeNotifications()).toEqual([]);
  });
});

it('a failed backup is reported once, until one succeeds', async () => {
  await channel();
  const report = (problem: string | null) =>
    rig.notifications().report({ kind: 'backup_failed', key: 'backup', problem });
  await report(null);
  await report('The disk is full.');
  await report('The disk is full.');
  await rig.pass(MINUTE);
  expect(takeNotifications()).toEqual(['problem backup_failed 1 -']);
  await report(null);
  await rig.pass(MINUTE);
  expect(takeNotifications()).toEqual(['resolved backup_failed 1 -']);
});

describe('the weekly digest', () => {
  it('comes once a week, and says that all is well or what is not', async () => {
    await channel(['digest']);
    await rig.certificate(1);
    await rig.pass(MINUTE);
    await rig.pass(5 * DAY); // Sunday
    expect(takeNotifications()).toEqual([]);
    await rig.pass(DAY); // Monday after eight
    expect(takeNotifications()).toEqual(['news digest 0']);
    expect(JSON.parse(receiver.received.at(-1)?.body ?? '')).toMatchObject({
      title: 'All is well: 1 certificate, renewing on time',
      text: expect.stringMatching(/Projects: 1; with a certificate: 1; expired: 0; revoked: 0/),
    });
    await rig.restart();
    await rig.pass(DAY);
    expect(takeNotifications()).toEqual([]);
    await rig.certificate(2, { renewal: FAILED });
    await rig.pass(6 * DAY);
    expect(takeNotifications()).toEqual(['problem digest 1 host-2.example.com']);
    expect(receiver.received.at(-1)?.body).toContain('host-2.example.com: The last renewal failed.');
  });

  it('restarts with another day or hour, and sends no missed one', async () => {
    await channel(['digest']);
    await rig.pass(MINUTE); // Tuesday
    const set = { digestDay: 'tuesday', digestHour: 0, missedAfterHours: 12 };
    await rig.stores.settings.set('settings:notifications', set);
    await rig.pass(MINUTE);
    await rig.pass(6 * DAY);
    expect(takeNotifications()).toEqual([]);
    await rig.pass(DAY);
    expect(takeNotifications()).toEqual(['news digest 0']);
  });

  it('comes at the hour of the chosen time zone, and names times in it', async () => {
    const general = {
      timeZone: 'Pacific/Kiritimati',
      baseUrl: 'https://certs.example.com/',
      showChecklist: true,
    };
    await rig.stores.settings.set('settings:general', general);
    await channel(['digest']);
    await rig.pass(MINUTE); // Wednesday, 00:01 there
    await rig.pass(4 * DAY); // Sunday
    await rig.pass(7 * HOUR); // Sunday, 07:01
    expect(takeNotifications()).toEqual([]);
    await rig.pass(DAY + HOUR); // Monday, 08:01, which is Sunday in UTC
    expect(takeNotifications()).toEqual(['news digest 0']);
    const { text, link } = JSON.parse(receiver.received.at(-1)?.body ?? '');
    expect(text).toContain('Last renewal check: 2026-02-09 08:01 UTC+14.');
    expect(link).toBe('https://certs.example.com/#/');
  });

  it('that was missed during sleep is sent once', async () => {
    await channel(['digest']);
    await rig.pass(MINUTE);
    await rig.pass(30 * DAY);
    await rig.pass(MINUTE);
    expect(takeNotifications()).toEqual(['news digest 0']);
  });
});

it('the first channel receives all current problems, and each channel the kinds that it selected', async () => {
  await rig.certificate(1, { renewal: FAILED });
  await rig.pass(MINUTE);
  await channel(['failed']);
  await channel(['revoked']);
  await rig.certificate(2, { revokedAt: '2026-02-03T09:00:00Z' });
  await rig.pass(MINUTE);
  expect(takeNotifications().toSorted()).toEqual([
    'problem failed 1 host-1.example.com',
    'problem revoked 1 host-2.example.com',
  ]);
});

it('a job that is held back is reported once, and its later result separately', async () => {
  await channel();
  await rig.certificate(1);
  const input = { kind: 'obtain', spec: SPEC, autoRenew: true, dryRun: false } as const;
  await rig.stores.jobs.create({ ...JOB, projectId: 'p1', state: 'queued', input });
  await rig.pass(MINUTE);
  expect(takeNotifications()).toEqual([]);
  const heldUntil = toTimestamp(new Date(rig.now().getTime() + 60 * MINUTE));
  await rig.stores.jobs.update(JOB.id, { uncleanEnds: 2, heldUntil });
  await rig.pass(MINUTE);
  await rig.restart();
  await rig.pass(MINUTE);
  expect(JSON.parse(receiver.received.at(-1)?.body ?? '').text).toContain('crashed three times');
  expect(takeNotifications()).toEqual(['problem failed 1 host-1.example.com']);
  await rig.stores.jobs.update(JOB.id, { state: 'running', heldUntil: null });
  await rig.pass(MINUTE);
  expect(takeNotifications()).toEqual([]);
});

it('a name that the certificate lacks, and a job that waits for TXT records, are reported once each', async () => {
  await channel();
  await rig.certificate(1);
  await rig.certificate(2);
  await rig.pass(MINUTE);
  expect(takeNotifications()).toEqual([]);
  await rig.stores.projects.update('p1', { domain: 'second.example.com' });
  await rig.pass(MINUTE);
  expect(JSON.parse(receiver.received.at(-1)?.body ?? '').text).toContain(
    'does not cover second.example.com',
  );
  expect(takeNotifications()).toEqual(['problem action_needed 1 host-1.example.com']);
  const spec = { ...SPEC, challengeType: 'dns-01' as const, dnsProvider: 'manual' };
  const input = { kind: 'obtain', spec, autoRenew: true, dryRun: false } as const;
  await rig.stores.jobs.create({ ...JOB, projectId: 'p2', state: 'running', step: 'challenge', input });
  await rig.pass(MINUTE);
  await rig.pass(MINUTE);
  expect(takeNotifications()).toEqual(['problem action_needed 1 host-2.example.com']);
  await rig.stores.jobs.update(JOB.id, { step: 'validation' });
  await rig.stores.projects.update('p1', { domain: 'host-1.example.com' });
  await rig.pass(MINUTE);
  expect(takeNotifications()).toEqual(['resolved action_needed 2 host-1.example.com host-2.example.com']);
});
