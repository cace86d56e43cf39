import { describe, expect, it } from 'vitest';
import { CertdeskError } from '../../../src/main/engine/errors.ts';
import { afterFailure, nextAttempt, RETRY_MINUTES, whatHelps } from '../../../src/main/engine/jobs/retry.ts';
import { NO_RENEWAL_YET } from '../../../src/main/engine/renewal.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const ACME = 'urn:ietf:params:acme:error:';
const minutesTo = (time: string | null) => (Date.parse(time ?? '') - NOW.getTime()) / 60_000;

describe('nextAttempt', () => {
  it('waits as the table says, and the last wait repeats', () => {
    const waits = [1, 2, 3, 4, 5, 50].map((failures) => minutesTo(nextAttempt(failures, NOW, 0)));
    expect(waits).toEqual([1, 10, 100, 360, 360, 360]);
    expect(RETRY_MINUTES).toEqual([1, 10, 100, 360]);
  });

  it('spreads by a tenth at most', () => expect(minutesTo(nextAttempt(3, NOW, 1))).toBe(110));
});

describe('afterFailure', () => {
  const failed = (failures: number, error: CertdeskError) =>
    afterFailure({ ...NO_RENEWAL_YET, failures, putOff: 'x' }, error, { now: NOW, random: 0 });

  it('counts on from what was kept', () => {
    const state = failed(2, new CertdeskError('ACME_UNAVAILABLE'));
    expect(state).toMatchObject({
      failures: 3,
      lastErrorCode: 'ACME_UNAVAILABLE',
      putOff: null,
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

  it("keeps the CA's own sentence", () => {
    const problem = { type: `${ACME}connection`, detail: 'Timeout during connect' };
    const { lastError } = failed(0, new CertdeskError('CHALLENGE_FAILED', 'It failed', { problem }));
    expect(lastError).toBe('It failed (the CA: Timeout during connect)');
  });

  it('waits for a change where a retry cannot help', () => {
    const state = failed(0, new CertdeskError('DNS_CREDENTIALS_REJECTED'));
    expect(state.nextAttemptAt).toBeNull();
    expect(state.waitsFor).toMatch(/new DNS credentials/);
  });
});

describe('whatHelps', () => {
  const of = (type: string, detail = '') =>
    whatHelps(new CertdeskError('CHALLENGE_FAILED', 'x', { problem: { type: ACME + type, detail } }));

  it('is a person where the CA would only repeat itself', () => {
    expect(of('caa')).toMatch(/CAA/);
    expect(of('rejectedIdentifier')).not.toBeNull();
    expect(of('dns', 'DNS problem: NXDOMAIN looking up A for gone.example.com')).toMatch(/does not exist/);
  });

  it('is time for the rest', () => {
    expect(of('dns', 'DNS problem: SERVFAIL looking up A')).toBeNull();
    expect(of('connection', 'Timeout')).toBeNull();
    expect(whatHelps(new CertdeskError('ACME_UNAVAILABLE'))).toBeNull();
    expect(whatHelps(new CertdeskError('ACME_REJECTED'))).toBeNull();
  });
});
