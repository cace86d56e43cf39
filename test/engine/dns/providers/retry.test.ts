import { describe, expect, test } from 'vitest';
import { backoffMs, retryAfterMs, sleep } from '../../../../src/main/engine/dns/providers/retry.ts';

const NOW = new Date('2026-11-05T12:00:00Z');
const asked = (headers: Record<string, string>, text = '') => retryAfterMs({ headers, text }, NOW);

describe('retry', () => {
  test('parses Retry-After in seconds and as a date', () => {
    expect(asked({ 'retry-after': '7' })).toBe(7000);
    expect(asked({ 'retry-after': 'Thu, 05 Nov 2026 12:01:00 GMT' })).toBe(60_000);
    expect(asked({ 'retry-after': 'Thu, 05 Nov 2026 11:00:00 GMT' })).toBe(0);
  });

  test('measures a date from the Date header of the answer, whatever the local clock says', () => {
    const headers = { 'retry-after': 'Thu, 05 Nov 2026 09:00:05 GMT', date: 'Thu, 05 Nov 2026 09:00:00 GMT' };
    expect(asked(headers)).toBe(5000);
  });

  test("parses GoDaddy's seconds in the body, and nothing if none are there", () => {
    expect(asked({}, '{"code":"TOO_MANY_REQUESTS","retryAfterSec":30}')).toBe(30_000);
    expect(asked({})).toBeNull();
    expect(asked({ 'retry-after': 'soon' })).toBeNull();
  });

  test('doubles the wait each time, with jitter, up to 15 s', () => {
    for (const [attempt, full] of [
      [1, 500],
      [2, 1000],
      [3, 2000],
      [9, 15_000],
    ] as const) {
      const drawn = Array.from({ length: 50 }, () => backoffMs(attempt, 500));
      expect(Math.min(...drawn)).toBeGreaterThanOrEqual(full / 2);
      expect(Math.max(...drawn)).toBeLessThanOrEqual(full);
      expect(new Set(drawn).size).toBeGreaterThan(5);
    }
  });

  test('waits, and wakes with the reason of the signal', async () => {
    await sleep(1, new AbortController().signal);
    const abort = new AbortController();
    const reason = new Error('stop');
    const slept = sleep(3_600_000, abort.signal);
    abort.abort(reason);
    await expect(slept).rejects.toBe(reason);
  });
});
