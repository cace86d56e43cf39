// No regular expression of the sources takes more than linear time, whatever its input. recheck decides it for each;
// its pure JavaScript backend needs neither Java nor another program.
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findRegularExpressions } from './support/tools/find-regular-expressions.ts';

const SRC = resolve(import.meta.dirname, '../src');

/** Built at run time from constants only: no outside text becomes part of a pattern. */
const DYNAMIC: readonly string[] = [];

const found = findRegularExpressions(SRC);
let check: typeof import('recheck').checkSync;
beforeAll(async () => {
  vi.stubEnv('RECHECK_BACKEND', 'pure');
  ({ checkSync: check } = await import('recheck'));
});
afterAll(() => void vi.unstubAllEnvs());

/**
 * Limits by iterations (recheck's defaults) instead of by time, so that a busy machine has the same results as a quiet
 * one. An expired time limit of the fuzzer would even count as safe.
 */
const WITHOUT_TIME_LIMITS = {
  timeout: null,
  attackTimeout: null,
  incubationTimeout: null,
  seedingTimeout: null,
  randomSeed: 0,
} as const;

/** Null if it is safe. */
function problemOf(pattern: string, flags: string): string | null {
  const verdict = check(pattern, flags, WITHOUT_TIME_LIMITS);
  if (verdict.status === 'safe') return null;
  return verdict.status === 'vulnerable' ? verdict.complexity.summary : verdict.error.kind;
}

describe('the regular expressions of the sources', () => {
  it('are found', () => {
    expect(found.literals.length).toBeGreaterThan(100);
  });

  it('never backtrack beyond linear time', { timeout: 600_000 }, () => {
    const unsafe = found.literals.flatMap(({ file, pattern, flags }) => {
      const problem = problemOf(pattern, flags);
      return problem === null ? [] : [`${file}: /${pattern}/${flags}: ${problem}`];
    });
    expect(unsafe).toEqual([]);
  });

  it('are literals, not built at run time', () => {
    expect(found.dynamic).toEqual(DYNAMIC);
  });

  it('are checked by a detector that finds quadratic and exponential ones', () => {
    expect(problemOf('<[^>]*>', 'g')).toMatch(/polynomial/);
    expect(problemOf('^(a+)+$', '')).toMatch(/exponential/);
    expect(problemOf('^[a-z]+$', '')).toBeNull();
  });
});
