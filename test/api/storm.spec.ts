// Issuances where a third of all requests to the CA goes wrong (test/soak/storm.soak.ts has the long form, up to 60 %).
import { expect, it } from 'vitest';
import { runStorm } from '../support/faults/storm-runs.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith('pebble', 'with a third of all requests failing,', () => {
  it('every issuance succeeds or says what failed, retries succeed, no nonce is reused, and every Retry-After is honoured', async () => {
    const { issuances, faults } = await runStorm({ share: 0.3, seed: 7, times: 5 });
    expect(issuances).toBe(5);
    expect(Object.keys(faults).length).toBeGreaterThan(5);
  });
});
