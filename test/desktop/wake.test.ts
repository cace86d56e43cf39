// Detects sleep and clock changes from the wall clock and the steady clock.
import { expect, test } from 'vitest';
import { hasJumped } from '../../src/main/desktop/wake.ts';

test.each([
  ['time passes normally', 4_000, 4_000, false],
  ['a machine under load', 25_000, 25_000, false],
  ['sleep, in which the steady clock stands', 3_600_000, 4_000, true],
  ['a clock that was set back', -3_600_000, 4_000, true],
  ['a clock that is kept right', 5_000, 4_000, false],
])('detects a jump only if the clocks differ: %s', (_, wall, steady, jumped) =>
  expect(hasJumped({ wall: 1_000_000, steady: 500 }, { wall: 1_000_000 + wall, steady: 500 + steady })).toBe(
    jumped,
  ),
);
