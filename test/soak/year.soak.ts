// The long form of test/engine/maintenance/year.exhaustive.ts: 1,000 certificates of mixed lifetimes, and smaller worlds with
// more seeds.
import { expect, it } from 'vitest';
import { reportSoak, soakSeed, soakTimes } from '../support/tools/soak.ts';
import { runYear, type YearReport } from '../support/year/year.ts';

const HOUR = 3_600_000;

function expectNoViolation(what: string, report: YearReport): void {
  const { early, late, doubles, expired, forgotten, broken, leftovers } = report;
  reportSoak(`${what}: ${JSON.stringify({ ...report, expiredAway: report.expiredAway })}`);
  expect({ early, late, doubles, expired, forgotten, broken, leftovers }).toEqual({
    early: [],
    late: [],
    doubles: [],
    expired: [],
    forgotten: [],
    broken: [],
    leftovers: [],
  });
}

it('keeps 1,000 certificates valid', { timeout: 3_600_000 }, async () => {
  const certificates = soakTimes(1_000);
  const seed = soakSeed('year');
  const report = await runYear({ seed, certificates, shortlivedEvery: 50, kills: 60, stepMs: 6 * HOUR });
  expectNoViolation(`year of ${certificates}`, report);
});

it.each(Array.from({ length: soakTimes(10) }, (_, n) => n + 1))(
  'keeps world %d of 40 certificates valid through many kills',
  { timeout: 900_000 },
  async (n) => {
    const seed = soakSeed(`year ${n}`) * 1_000 + n;
    const report = await runYear({
      seed,
      certificates: 40,
      shortlivedEvery: 20,
      kills: 120,
      stepMs: 2 * HOUR,
    });
    expectNoViolation(`year by seed ${seed}`, report);
  },
);
