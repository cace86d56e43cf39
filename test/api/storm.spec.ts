// Issuances where a third of all requests to the CA goes wrong (test/soak/storm.soak.ts has the long form, up to 60 %).
import { expect, it } from 'vitest';
import { runStorm } from '../support/faults/storm-runs.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith('pebble', 'a third of all requests goes wrong', () => {
  it('every issuance ends well or says what failed, the next one succeeds, no nonce is used twice, no Retry-After is broken', async () => {
    const { issuances, faults } = await runStorm({ share: 0.3, seed: 7, times: 5 });
    expect(issuances).toBe(5);
    expect(Object.keys(faults).length).toBeGreaterThan(5);
  });
});
