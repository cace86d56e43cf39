// Issuances while a third of all requests to the CA fail (test/soak/failing-requests.soak.ts has the long form, up to
// 60 %).
import { expect, it } from 'vitest';
import { issueWithFaults } from '../support/faults/issue-with-faults.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith('pebble', 'issuances while a third of all requests fail', () => {
  it('succeed or report what failed, succeed when retried, use no nonce twice, and respect every Retry-After', async () => {
    const { issuances, faults } = await issueWithFaults({ share: 0.3, seed: 7, times: 5 });
    expect(issuances).toBe(5);
    expect(Object.keys(faults).length).toBeGreaterThan(5);
  });
});
