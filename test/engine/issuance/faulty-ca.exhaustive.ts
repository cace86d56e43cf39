// Every row of the table of faulty CAs with every operation: at once, in the next job after one that failed after the
// CSR, and in the next process. One order and one CSR each, whatever happens.
import { afterAll, beforeAll, it } from 'vitest';
import { type Operation, ROWS } from '../../support/faults/faulty-ca/rows.ts';
import { type FaultyWorld, startFaultyWorld, type Way } from '../../support/faults/faulty-ca/world.ts';
import { describeWith } from '../../support/tools/tools.ts';

const OPERATIONS: readonly Operation[] = ['obtain', 'renew', 'revoke'];
const WAYS: readonly Way[] = ['at once', 'by retry', 'after a restart'];

const CASES = ROWS.flatMap((row) =>
  (row.only ?? OPERATIONS).flatMap((operation) =>
    // A failed order was not finalized, or is invalid: there is nothing to resume.
    (row.fails === undefined ? WAYS : WAYS.slice(0, 1)).map(
      (way) => [operation, way, row.behaviour, row] as const,
    ),
  ),
);

describeWith('pebble', 'a CA with', () => {
  let world: FaultyWorld;
  beforeAll(async () => {
    world = await startFaultyWorld();
  });
  afterAll(() => world?.stop());

  it.each(CASES)('%s %s: %s', (operation, way, _behaviour, row) => world.run(row, operation, way));
});
