import { describe, expect, it } from 'vitest';
import { attemptAt, nextAttempt, planRenewal, RETRY_MINUTES } from '../../src/main/engine/renewal.ts';
import { CERTIFICATE } from '../support/records.ts';

const ISSUED = '2026-01-01T00:00:00Z';
const hoursLater = (hours: number): string =>
  new Date(Date.parse(ISSUED) + hours * 3_600_000).toISOString().replace('.000Z', 'Z');

describe('planRenewal', () => {
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
    const { renewAt } = planRenewal({ issuedAt: ISSUED, expiresAt: hoursLater(lifetime) });
    expect(renewAt).toBe(hoursLater(due));
  });

  it('says why', () => {
    expect(planRenewal({ issuedAt: ISSUED, expiresAt: hoursLater(2160) }).reason).toMatch(/third/);
    expect(planRenewal({ issuedAt: ISSUED, expiresAt: hoursLater(160) }).reason).toMatch(/half/i);
  });
});

describe('nextAttempt', () => {
  const now = new Date(ISSUED);

  it('waits as the table says, and the last wait repeats', () => {
    const waits = [1, 2, 3, 4, 5, 50].map(
      (failures) => (Date.parse(nextAttempt(failures, now, 0)) - now.getTime()) / 60_000,
    );
    expect(waits).toEqual([...RETRY_MINUTES, 360, 360]);
  });

  it('spreads by a tenth at most', () => {
    expect(nextAttempt(3, now, 1)).toBe(hoursLater(110 / 60));
  });
});

describe('attemptAt', () => {
  it('is when it is due, or later where an attempt has failed', () => {
    expect(attemptAt(CERTIFICATE)).toBe('2026-03-02T00:00:00Z');
    const failed = { ...CERTIFICATE.renewal, failures: 1, nextAttemptAt: '2026-03-02T06:00:00Z' };
    expect(attemptAt({ ...CERTIFICATE, renewal: failed })).toBe('2026-03-02T06:00:00Z');
    const early = { ...failed, nextAttemptAt: '2026-01-02T00:00:00Z' };
    expect(attemptAt({ ...CERTIFICATE, renewal: early })).toBe('2026-03-02T00:00:00Z');
  });

  it.each([
    ['uploaded', { recipe: null }],
    ['turned off', { autoRenew: false }],
    ['revoked', { revokedAt: ISSUED }],
    ['removed', { removedAt: ISSUED }],
    ['superseded', { supersededAt: ISSUED }],
  ])('is never for one that is %s', (_, patch) => expect(attemptAt({ ...CERTIFICATE, ...patch })).toBeNull());
});
