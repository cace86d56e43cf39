// Each row of the table of faulty CAs once, alternating obtain and renew, or with revoke if the row is only about that:
// a finalized order is followed, and nothing is ordered twice. faulty-ca.exhaustive.ts has every operation, by retry
// and after a restart too.
import { afterAll, beforeAll, it } from 'vitest';
import { ROWS } from '../../support/faults/faulty-ca/rows.ts';
import { type FaultyWorld, startFaultyWorld } from '../../support/faults/faulty-ca/world.ts';
import { describeWith } from '../../support/tools/tools.ts';

const CASES = ROWS.map((row, index) => {
  const operations = (row.only ?? ['obtain', 'renew']).filter((operation) => operation !== 'revoke');
  return [operations[index % operations.length] ?? 'revoke', row.behaviour, row] as const;
});

describeWith('pebble', 'a CA with', () => {
  let world: FaultyWorld;
  beforeAll(async () => {
    world = await startFaultyWorld();
  });
  afterAll(() => world?.stop());

  it.each(CASES)('%s: %s', (operation, _behaviour, row) => world.run(row, operation));
});
