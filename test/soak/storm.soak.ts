// The long form of test/api/storm.spec.ts: 30, 45 and 60 % of all requests to the CA go wrong.
import { expect, it } from 'vitest';
import { runStorm } from '../support/faults/storm-runs.ts';
import { soakSays, soakSeed, soakTimes } from '../support/tools/soak.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith('pebble', 'failing requests', () => {
  it.each([0.3, 0.45, 0.6])('are survived at a rate of %d', async (share) => {
    const report = await runStorm({ share, seed: soakSeed(`storm ${share}`), times: soakTimes(100) });
    soakSays(`storm ${share}: ${JSON.stringify(report)}`);
    expect(report.issuances).toBeGreaterThan(0);
  });
});
