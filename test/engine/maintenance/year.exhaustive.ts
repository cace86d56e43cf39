// A year of renewals in seconds: the real engine, renewal check, queue, budget and SQLite, models of CAs, a test clock.
// The long form, with 1,000 certificates and several seeds, is `npm run soak`.
import { afterEach, expect, it, vi } from 'vitest';
import { runYear } from '../../support/year/year.ts';

afterEach(() => void vi.unstubAllEnvs());

it('renews each once in its window, through outages, revocations, sleep, kills and wrong clocks', {
  timeout: 900_000,
}, async () => {
  vi.stubEnv('TZ', 'Europe/Berlin'); // daylight saving time ends and begins in that year
  expect(new Date('2026-12-01').getTimezoneOffset()).not.toBe(new Date('2026-09-01').getTimezoneOffset());
  const seed = 7;
  const report = await runYear({
    seed,
    certificates: 20,
    shortlivedEvery: 20,
    kills: 15,
    stepMs: 6 * 3_600_000,
  });
  const { early, late, doubles, expired, forgotten, broken, leftovers } = report;
  expect({ early, late, doubles, expired, forgotten, broken, leftovers }, JSON.stringify(report)).toEqual({
    early: [],
    late: [],
    doubles: [],
    expired: [],
    forgotten: [],
    broken: [],
    leftovers: [],
  });
  expect(report.renewals).toBeGreaterThan(120);
  expect(report.kills).toBeGreaterThan(5);
  // Spread over their windows, not all at one end of them.
  expect(Math.max(...report.spread)).toBeLessThan(report.renewals / 3);
});
