import { describe, expect, it } from 'vitest';
import { NO_RENEWAL_YET } from '../../../src/main/engine/certificates/renewal-plan.ts';
import { CertdeskError } from '../../../src/main/engine/core/errors.ts';
import {
  afterFailure,
  nextAttempt,
  RETRY_MINUTES,
  requiredAction,
} from '../../../src/main/engine/renewal/retry-policy.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const ACME = 'urn:ietf:params:acme:error:';
const LATER = '2026-03-01T00:00:00Z';
const minutesTo = (time: string | null) => (Date.parse(time ?? '') - NOW.getTime()) / 60_000;

function challengeFailed(message: string, problem: { readonly type: string; readonly detail: string }) {
  const directoryUrl = 'https://ca.example/directory';
  const details = { challengeType: 'http-01', directoryUrl, problem, failures: [] };
  return new CertdeskError('CHALLENGE_FAILED', message, details);
}

describe('nextAttempt', () => {
  it('waits as in the table, and the last wait repeats', () => {
    const waits = [1, 2, 3, 4, 5, 50].map((failures) =>
      minutesTo(nextAttempt(failures, { now: NOW, random: 0, expiresAt: LATER })),
    );
    expect(waits).toEqual([1, 10, 100, 360, 360, 360]);
    expect(RETRY_MINUTES).toEqual([1, 10, 100, 360]);
  });

  it('adds a jitter of at most a tenth', () =>
    expect(minutesTo(nextAttempt(3, { now: NOW, random: 1, expiresAt: LATER }))).toBe(110));

  it.each([
    ['20 hours', 20, 300],
    ['4 hours', 4, 60],
    ['2 minutes', 1 / 30, 1],
  ])('waits at most a fourth of the time remaining: %s', (_, hours, minutes) => {
    const expiresAt = new Date(NOW.getTime() + hours * 3_600_000).toISOString();
    expect(minutesTo(nextAttempt(9, { now: NOW, random: 0, expiresAt }))).toBe(minutes);
  });

  it('follows the table again if no time remains', () =>
    expect(minutesTo(nextAttempt(9, { now: NOW, random: 0, expiresAt: '2025-12-31T00:00:00Z' }))).toBe(360));
});

describe('afterFailure', () => {
  const failed = (failures: number, error: CertdeskError) =>
    afterFailure({ ...NO_RENEWAL_YET, failures, deferralReason: 'x' }, error, {
      now: NOW,
      random: 0,
      expiresAt: LATER,
    });

  it('continues the stored count', () => {
    const state = failed(2, new CertdeskError('ACME_UNAVAILABLE'));
    expect(state).toMatchObject({
      failures: 3,
      lastErrorCode: 'ACME_UNAVAILABLE',
      deferralReason: null,
      waitsFor: null,
    });
    expect(minutesTo(state.nextAttemptAt)).toBe(100);
  });

  it.each([
    ['longer than ours: it is obeyed', 34 * 3600, 34 * 60],
    ['shorter than ours: ours is kept', 5, 1],
    ['of years: a week', 60 * 86_400, 7 * 1440],
  ])('with a Retry-After %s', (_, retryAfter, minutes) => {
    const error = new CertdeskError('ACME_RATE_LIMITED', undefined, { retryAfter });
    expect(minutesTo(failed(0, error).nextAttemptAt)).toBe(minutes);
  });

  it('waits longest after a certificate that was issued and refused, because each counts against a limit', () => {
    const error = new CertdeskError('ISSUED_CERTIFICATE_REJECTED');
    expect(minutesTo(failed(0, error).nextAttemptAt)).toBe(360);
  });

  it("keeps the CA's own message", () => {
    const problem = { type: `${ACME}connection`, detail: 'Timeout during connect' };
    const { lastError } = failed(0, challengeFailed('It failed', problem));
    expect(lastError).toBe('It failed (the CA: Timeout during connect)');
  });

  it('waits for a change if a retry cannot help', () => {
    const state = failed(0, new CertdeskError('DNS_CREDENTIALS_REJECTED'));
    expect(state.nextAttemptAt).toBeNull();
    expect(state.waitsFor).toMatch(/new DNS credentials/);
  });
});

describe('requiredAction', () => {
  const of = (type: string, detail = '') =>
    requiredAction(challengeFailed('x', { type: ACME + type, detail }));

  it('needs a user if the CA would only repeat itself', () => {
    expect(of('caa')).toMatch(/CAA/);
    expect(of('rejectedIdentifier')).not.toBeNull();
    expect(of('dns', 'DNS problem: NXDOMAIN looking up A for gone.example.com')).toMatch(/no longer exists/);
  });

  it('needs time otherwise', () => {
    expect(of('dns', 'DNS problem: SERVFAIL looking up A')).toBeNull();
    expect(of('connection', 'Timeout')).toBeNull();
    expect(requiredAction(new CertdeskError('ACME_UNAVAILABLE'))).toBeNull();
    expect(requiredAction(new CertdeskError('ACME_REJECTED'))).toBeNull();
  });
});
