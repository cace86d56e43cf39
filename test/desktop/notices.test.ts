import { describe, expect, it, test } from 'vitest';
import {
  gather,
  type Happened,
  isNoticed,
  type Notice,
  noticeOf,
  noticeOfExpiry,
} from '../../src/main/desktop/notices.ts';

const happened = (kind: string, more: Partial<Happened> = {}): Happened => ({
  event: {
    id: 1,
    at: '2026-06-01T12:00:00Z',
    kind,
    projectId: 'p',
    jobId: 'j',
    message: 'The reason',
    data: null,
  },
  job: { kind: 'renew', dryRun: false, automatic: true },
  name: 'shop.example.com',
  watched: false,
  ...more,
});
const jobOf = (kind: 'obtain' | 'renew' | 'revoke', more = {}) => ({
  kind,
  dryRun: false,
  automatic: false,
  ...more,
});

describe('a desktop notification', () => {
  it('is silent for a renewal', () =>
    expect(noticeOf(happened('job.succeeded'))).toMatchObject({
      kind: 'renewed',
      silent: true,
      title: 'shop.example.com: renewed',
    }));

  it('shows the cause of a failure, and opens its job', () =>
    expect(noticeOf(happened('job.failed'))).toMatchObject({
      kind: 'failed',
      silent: false,
      title: 'shop.example.com: renewal failed',
      body: 'The reason',
      page: '/projects/p/jobs/j',
    }));

  it('says which server does not present the certificate, once for each', () => {
    const message = 'mail.example.com:25 still presents the old certificate. Restart Postfix there.';
    const event = { ...happened('endpoint.problem').event, jobId: null, message, data: { endpointId: 'e1' } };
    expect(isNoticed(event)).toBe(true);
    expect(noticeOf(happened('endpoint.problem', { event, job: null }))).toMatchObject({
      kind: 'not_served',
      key: 'not_served:e1',
      body: message,
      page: '/endpoints/e1',
    });
  });

  it.each(['caa-lock.broken', 'persist-record.broken'])(
    'says that a DNS record needs a change: %s',
    (kind) => {
      const event = { ...happened(kind).event, jobId: null, message: 'There is no record of this CA.' };
      expect(isNoticed(event)).toBe(true);
      expect(noticeOf(happened(kind, { event, job: null }))).toMatchObject({
        kind: 'dns_records',
        title: 'shop.example.com: a DNS record needs a change',
        body: 'There is no record of this CA.',
      });
    },
  );

  it('reports a revocation by the CA, and none that a user requested', () => {
    const event = { ...happened('certificate.revoked').event, jobId: null };
    expect(noticeOf(happened('certificate.revoked', { event, job: null }))).toMatchObject({
      kind: 'revoked',
    });
    expect(noticeOf(happened('certificate.revoked'))).toBeNull();
  });

  it('reports a job that waits for TXT records once, however many records', () => {
    const more = { provider: 'manual', action: 'add', name: '_acme-challenge.shop.example.com', value: 'x' };
    const event = { ...happened('job.step').event, data: { step: 'challenge', more } };
    expect(noticeOf(happened('job.step', { event }))).toMatchObject({
      kind: 'records',
      key: 'records:j',
      title: 'shop.example.com: waiting for TXT records',
      silent: false,
      page: '/projects/p/jobs/j',
    });
    expect(isNoticed(event)).toBe(true);
    expect(noticeOf(happened('job.step', { event, job: jobOf('obtain'), watched: true }))).toBeNull();
    const removal = { ...event, data: { step: 'clean-up', more: { ...more, action: 'remove' } } };
    expect(isNoticed(removal)).toBe(false);
    const byProvider = { ...event, data: { step: 'challenge', more: { ...more, provider: 'cloudflare' } } };
    expect(isNoticed(byProvider)).toBe(false);
  });

  test.each([
    ['a dry run', 'job.failed', { job: jobOf('obtain', { dryRun: true }) }],
    ['a first certificate', 'job.succeeded', { job: jobOf('obtain') }],
    ['a revocation', 'job.failed', { job: jobOf('revoke') }],
    ['a step', 'job.step', {}],
    ['what a person began and sees', 'job.failed', { job: jobOf('renew'), watched: true }],
    ['what has no job', 'job.failed', { job: null }],
  ])('is not shown for %s', (_, kind, more) => expect(noticeOf(happened(kind, more))).toBeNull());

  it('reports background failures even while the window has focus', () =>
    expect(noticeOf(happened('job.failed', { watched: true }))).not.toBeNull());

  it('is shown once a day for the same project and kind', () => {
    expect(noticeOf(happened('job.failed'))?.key).toBe('failed:p');
    expect(noticeOf(happened('job.failed'))?.forMs).toBe(86_400_000);
    expect(noticeOf(happened('job.succeeded'))?.key).not.toBe('failed:p');
  });

  it('shortens a long cause', () => {
    const event = { ...happened('job.failed').event, message: 'x'.repeat(1_000) };
    expect(noticeOf(happened('job.failed', { event }))?.body).toHaveLength(200);
  });
});

test.each([
  [0, 'expires today'],
  [1, 'expires in a day'],
  [29, 'expires in 29 days'],
])('with %i days left a certificate %s', (days, words) => {
  const expiring = {
    projectId: 'p',
    name: 'shop.example.com',
    expiresAt: '2026-06-30T00:00:00Z',
    part: 3,
  } as const;
  expect(noticeOfExpiry(expiring, days)).toMatchObject({
    title: `shop.example.com: ${words}`,
    page: '/projects/p',
  });
});

test('reports each stage of a lifetime once', () => {
  const expiring = { projectId: 'p', name: 'x', expiresAt: '2026-06-30T00:00:00Z' };
  const keys = ([3, 6, 12] as const).map((part) => noticeOfExpiry({ ...expiring, part }, 3).key);
  expect(new Set(keys).size).toBe(3);
});

describe('many notifications at once', () => {
  const notices = (count: number): Notice[] =>
    Array.from({ length: count }, (_, index) => ({
      kind: 'failed',
      key: String(index),
      forMs: 1,
      title: `d${index}.example.com: renewal failed`,
      body: '',
      silent: false,
      page: `/projects/${index}`,
    }));

  it('are shown one by one up to three', () => expect(gather(notices(3))).toHaveLength(3));
  it('are combined above three', () =>
    expect(gather(notices(12))).toMatchObject([
      {
        title: '12 renewals failed',
        body: 'd0.example.com, d1.example.com, d2.example.com and 9 more',
        page: '/projects?need=attention',
      },
    ]));
});
