// 10,000 random operations by seed, with one in fifteen requests to the CA failing and twenty restarts: every answer
// matches the model, and so does the state after each restart.
import { expect, it } from 'vitest';
import { runRandomOperations } from '../support/faults/random-operations.ts';
import { reportSoak, soakSeed, soakTimes } from '../support/tools/soak.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith('pebble', 'a series of random operations', () => {
  it('matches the model', async () => {
    const seed = soakSeed('life');
    const operations = soakTimes(10_000);
    const report = await runRandomOperations({ seed, operations, share: 0.07, phases: 20 });
    reportSoak(`life: ${JSON.stringify(report)}`);
    expect(report.operations).toBeGreaterThanOrEqual(operations);
  });
});
