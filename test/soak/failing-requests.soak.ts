// The long form of test/api/failing-requests.spec.ts: 30, 45 and 60 % of all requests to the CA fail.
import { expect, it } from 'vitest';
import { issueWithFaults } from '../support/faults/issue-with-faults.ts';
import { reportSoak, soakSeed, soakTimes } from '../support/tools/soak.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith('pebble', 'failing requests', () => {
  it.each([0.3, 0.45, 0.6])('are survived at a rate of %d', async (share) => {
    const report = await issueWithFaults({ share, seed: soakSeed(`storm ${share}`), times: soakTimes(100) });
    reportSoak(`storm ${share}: ${JSON.stringify(report)}`);
    expect(report.issuances).toBeGreaterThan(0);
  });
});
