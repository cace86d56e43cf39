import { describe, expect, test } from 'vitest';
import { add, closingLine, sumsOf, type VitestReport } from '../../scripts/lib/vitest-report.ts';

type Module = VitestReport['modules'][number];

/** A report of one file. */
function report(module: Partial<Module>): VitestReport {
  const nothing = { passed: 0, failedTests: [], unfinished: 0, skipped: 0, errors: [], finished: true };
  return { modules: [{ path: 'a.test.ts', ...nothing, ...module }] };
}
const line = (...args: Parameters<typeof sumsOf>): string => closingLine(sumsOf(...args));

describe('the closing line', () => {
  test('names the skipped only where there are any', () => {
    expect(closingLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
    expect(closingLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
  });

  test('adds checks and tests', () => {
    const check = { passed: 1, failed: 0, skipped: 0 };
    expect(
      closingLine(
        add([check, check, { passed: 0, failed: 1, skipped: 0 }, sumsOf(report({ passed: 7 }), 0)]),
      ),
    ).toBe('9 passed, 1 failed');
  });

  test('never counts a skipped test as passed', () => {
    expect(line(report({ passed: 1, skipped: 3 }), 0)).toBe('1 passed, 0 failed, 3 skipped');
  });

  test('counts failed tests once, though their file failed too', () => {
    const failedTests = [{ name: 'group > adds', errors: ['expected 2\nat', 'and more'] }];
    const sums = sumsOf(report({ passed: 1, failedTests, errors: ['a hook failed'] }), 1);
    expect(closingLine(sums)).toBe('1 passed, 1 failed');
    expect(sums.remarks).toEqual(['a.test.ts > group > adds: expected 2']);
  });

  test('counts every test of a failed set-up as failed', () => {
    expect(sumsOf(report({ passed: 1, unfinished: 35, errors: ['EADDRINUSE\nat'] }), 1)).toMatchObject({
      passed: 1,
      failed: 35,
      remarks: ['a.test.ts: 35 not run, counted as failed: EADDRINUSE'],
    });
  });

  test('counts a file that failed outside its tests, or whose worker ended', () => {
    expect(sumsOf(report({ errors: ['no such module\nat'] }), 1)).toMatchObject({
      failed: 1,
      remarks: ['a.test.ts failed outside its tests: no such module'],
    });
    expect(sumsOf(report({ passed: 1, finished: false }), 1)).toMatchObject({
      failed: 1,
      remarks: ['a.test.ts failed outside its tests: the worker ended'],
    });
  });

  test('is a failure where no test ran, none was found, or all were skipped', () => {
    expect(line({ modules: [] }, 1)).toBe('0 passed, 1 failed');
    expect(line(report({}), 0)).toBe('0 passed, 1 failed');
    expect(line(report({ skipped: 4 }), 0)).toBe('0 passed, 1 failed, 4 skipped');
  });

  test('is a failure where vitest ended badly although every test passed, or wrote no report', () => {
    expect(line(report({ passed: 5 }), 1)).toBe('5 passed, 1 failed');
    expect(line(null, 137)).toBe('0 passed, 1 failed');
    expect(line(null, 0)).toBe('0 passed, 1 failed');
  });
});
