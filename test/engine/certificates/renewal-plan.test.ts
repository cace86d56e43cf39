import { describe, expect, it } from 'vitest';
import {
  attemptAt,
  backstop,
  firstRenewal,
  notBefore,
  planByLifetime,
  planRenewal,
} from '../../../src/main/engine/certificates/renewal-plan.ts';
import { toTimestamp } from '../../../src/shared/time.ts';
import { CERTIFICATE } from '../../support/engine/records.ts';

const ISSUED = '2026-01-01T00:00:00Z';
const hoursLater = (hours: number): string =>
  new Date(Date.parse(ISSUED) + hours * 3_600_000).toISOString().replace('.000Z', 'Z');

describe('planByLifetime', () => {
  // Lifetimes that Let's Encrypt and the CA/Browser Forum have announced; the renewal is due after these hours.
  it.each([
    ['90 days', 90 * 24, 60 * 24],
    ['64 days', 64 * 24, 1024],
    ['47 days', 47 * 24, 752],
    ['45 days', 45 * 24, 30 * 24],
    ['10 days', 240, 160],
    ['160 hours', 160, 80],
    ['6 days', 144, 72],
    ['1 hour', 1, 0.5],
  ])('%s', (_, lifetime, due) => {
    const { renewAt } = planByLifetime({ issuedAt: ISSUED, expiresAt: hoursLater(lifetime) });
    expect(renewAt).toBe(hoursLater(due));
  });

  it('explains the plan', () => {
    expect(planByLifetime({ issuedAt: ISSUED, expiresAt: hoursLater(2160) }).reason).toMatch(/third/);
    expect(planByLifetime({ issuedAt: ISSUED, expiresAt: hoursLater(160) }).reason).toMatch(/half/i);
  });
});

describe('planRenewal', () => {
  const window = { start: '2026-02-20T00:00:00Z', end: '2026-02-22T00:00:00Z' };
  const ari = {
    window,
    renewAt: '2026-02-21T05:00:00Z',
    explanationUrl: null,
    checkedAt: '2026-02-01T00:00:00Z',
    checkAt: '2026-02-01T06:00:00Z',
    failures: 0,
    error: null,
  };
  const withAri = (more: Partial<typeof ari> | { window: null; renewAt: null }) => ({
    ...CERTIFICATE,
    renewal: { ...CERTIFICATE.renewal, ari: { ...ari, ...more } },
  });

  it('follows the suggestion of the CA', () => {
    expect(planRenewal(withAri({}))).toEqual({
      renewAt: '2026-02-21T05:00:00Z',
      reason: 'Time suggested by the CA (ARI)',
    });
    expect(attemptAt(withAri({}))).toBe('2026-02-21T05:00:00Z');
  });

  it('says that the CA wants the renewal now', () => {
    const { reason } = planRenewal(withAri({ checkedAt: '2026-02-23T00:00:00Z' }));
    expect(reason).toMatch(/now/);
  });

  it('follows the lifetime if the CA suggests nothing', () => {
    expect(planRenewal(withAri({ window: null, renewAt: null }))).toEqual(planByLifetime(CERTIFICATE));
  });

  it('does not wait for a window that is too late', () => {
    const late = { start: '2026-03-30T00:00:00Z', end: '2026-03-31T00:00:00Z' };
    expect(backstop(CERTIFICATE)).toBe('2026-03-23T00:00:00Z');
    const { reason } = planRenewal(withAri({ window: late, renewAt: backstop(CERTIFICATE) }));
    expect(reason).toMatch(/before the time suggested/);
  });

  it('is immediate if the CA has revoked the certificate', () => {
    const revoked = { ...CERTIFICATE, revokedAt: '2026-01-05T00:00:00Z' };
    expect(attemptAt(revoked)).toBe('2026-01-05T00:00:00Z');
    expect(planRenewal(revoked).reason).toMatch(/^Revoked/);
  });
});

describe('a short lifetime', () => {
  const living = (seconds: number, more = {}) => ({
    ...CERTIFICATE,
    issuedAt: '2026-01-01T00:00:00Z',
    storedAt: '2026-01-01T00:00:00Z',
    expiresAt: toTimestamp(new Date(Date.parse('2026-01-01T00:00:00Z') + seconds * 1000)),
    ...more,
  });

  it.each([
    [6 * 86_400, '2026-01-06T09:36:00Z'], // a tenth remains
    [3_600, '2026-01-01T00:54:00Z'],
    [1_200, '2026-01-01T00:15:00Z'], // five minutes
    [300, '2026-01-01T00:02:30Z'], // half
    [60, '2026-01-01T00:00:30Z'],
  ])('of %d s is renewed no later than at %s', (seconds, at) => {
    expect(backstop(living(seconds))).toBe(at);
  });

  it.each([
    [90 * 86_400, '2026-01-01T01:00:00Z'], // an hour
    [3_600, '2026-01-01T00:20:00Z'], // a third
    [60, '2026-01-01T00:00:20Z'],
  ])('of %d s is not renewed again before %s', (seconds, at) => {
    expect(notBefore(living(seconds, { renewedFrom: '2025-12-01T00:00:00Z' }))).toBe(at);
    expect(notBefore(living(seconds))).toBeNull();
  });
});

describe('attemptAt', () => {
  it('is the due time, or later after a failed attempt', () => {
    expect(attemptAt(CERTIFICATE)).toBe('2026-03-02T00:00:00Z');
    const failed = { ...CERTIFICATE.renewal, failures: 1, nextAttemptAt: '2026-03-02T06:00:00Z' };
    expect(attemptAt({ ...CERTIFICATE, renewal: failed })).toBe('2026-03-02T06:00:00Z');
    const early = { ...failed, nextAttemptAt: '2026-01-02T00:00:00Z' };
    expect(attemptAt({ ...CERTIFICATE, renewal: early })).toBe('2026-03-02T00:00:00Z');
  });

  it.each([
    ['uploaded', { spec: null }],
    ['turned off', { autoRenew: false }],
    ['removed', { removedAt: ISSUED }],
    ['superseded', { supersededAt: ISSUED }],
    ['waiting', { renewal: { ...CERTIFICATE.renewal, waitsFor: 'Waits for new DNS credentials.' } }],
  ])('is never if the certificate is %s', (_, patch) =>
    expect(attemptAt({ ...CERTIFICATE, ...patch })).toBeNull(),
  );
});

describe('the spread', () => {
  const validity = { issuedAt: ISSUED, expiresAt: hoursLater(90 * 24) };

  it('is drawn once per certificate, and is at most a fiftieth of its lifetime', () => {
    expect(firstRenewal(validity, 0).jitterSeconds).toBe(0);
    expect(firstRenewal(validity, 0.5).jitterSeconds).toBe(0.9 * 86_400);
    expect(firstRenewal(validity, 1).jitterSeconds).toBe(1.8 * 86_400);
    expect(firstRenewal({ ...validity, expiresAt: hoursLater(160) }, 1).jitterSeconds).toBe(3.2 * 3600);
  });

  it('moves a renewal planned by lifetime, and not one that the CA suggests', () => {
    const renewal = { ...CERTIFICATE.renewal, jitterSeconds: 86_400 };
    expect(planRenewal({ ...CERTIFICATE, renewal }).renewAt).toBe('2026-03-01T00:00:00Z');
    const window = { start: '2026-02-01T00:00:00Z', end: '2026-02-03T00:00:00Z' };
    const ari = {
      window,
      renewAt: '2026-02-02T00:00:00Z',
      explanationUrl: null,
      checkedAt: '2026-01-01T00:00:00Z',
      checkAt: '2026-01-02T00:00:00Z',
      failures: 0,
      error: null,
    };
    expect(planRenewal({ ...CERTIFICATE, renewal: { ...renewal, ari } }).renewAt).toBe(
      '2026-02-02T00:00:00Z',
    );
  });
});
