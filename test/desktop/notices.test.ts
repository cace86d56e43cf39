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

describe('a notice', () => {
  it('of a renewal is quiet', () =>
    expect(noticeOf(happened('job.succeeded'))).toMatchObject({
      kind: 'renewed',
      silent: true,
      title: 'shop.example.com: renewed',
    }));

  it('of a failure says the cause, and opens the project', () =>
    expect(noticeOf(happened('job.failed'))).toMatchObject({
      kind: 'failed',
      silent: false,
      title: 'shop.example.com: renewal failed',
      body: 'The reason',
      projectId: 'p',
    }));

  it('of a revocation by the CA, and of none that a person asked for', () => {
    const event = { ...happened('certificate.revoked').event, jobId: null };
    expect(noticeOf(happened('certificate.revoked', { event, job: null }))).toMatchObject({
      kind: 'revoked',
    });
    expect(noticeOf(happened('certificate.revoked'))).toBeNull();
  });

  it('of a job that waits for TXT records that a person adds: one a job, however many records', () => {
    const more = { provider: 'manual', action: 'add', name: '_acme-challenge.shop.example.com', value: 'x' };
    const event = { ...happened('job.step').event, data: { step: 'challenge', more } };
    expect(noticeOf(happened('job.step', { event }))).toMatchObject({
      kind: 'records',
      key: 'records:j',
      title: 'shop.example.com: waiting for TXT records',
      silent: false,
      projectId: 'p',
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
  ])('there is none of %s', (_, kind, more) => expect(noticeOf(happened(kind, more))).toBeNull());

  it('of what failed by itself comes even while the window is looked at', () =>
    expect(noticeOf(happened('job.failed', { watched: true }))).not.toBeNull());

  it('is the same for the same project and kind: told once a day', () => {
    expect(noticeOf(happened('job.failed'))?.key).toBe('failed:p');
    expect(noticeOf(happened('job.failed'))?.forMs).toBe(86_400_000);
    expect(noticeOf(happened('job.succeeded'))?.key).not.toBe('failed:p');
  });

  it('cuts a long cause', () => {
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
  expect(noticeOfExpiry(expiring, days).title).toBe(`shop.example.com: ${words}`);
});

test('each part of a life is told of once', () => {
  const expiring = { projectId: 'p', name: 'x', expiresAt: '2026-06-30T00:00:00Z' };
  const keys = ([3, 6, 12] as const).map((part) => noticeOfExpiry({ ...expiring, part }, 3).key);
  expect(new Set(keys).size).toBe(3);
});

describe('many at once', () => {
  const notices = (count: number): Notice[] =>
    Array.from({ length: count }, (_, index) => ({
      kind: 'failed',
      key: String(index),
      forMs: 1,
      title: `d${index}.example.com: renewal failed`,
      body: '',
      silent: false,
      projectId: String(index),
    }));

  it('up to three are told one by one', () => expect(gather(notices(3))).toHaveLength(3));
  it('more are told together', () =>
    expect(gather(notices(12))).toMatchObject([
      {
        title: '12 renewals failed',
        body: 'd0.example.com, d1.example.com, d2.example.com and 9 more',
        projectId: null,
      },
    ]));
});
