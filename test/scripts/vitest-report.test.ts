import { describe, expect, test } from 'vitest';
import { add, closingLine, sumsOf, type VitestReport } from '../../scripts/lib/vitest-report.ts';

function report(
  counts: { passed?: number; failed?: number; skipped?: number; todo?: number },
  files: VitestReport['testResults'] = [],
): VitestReport {
  return {
    numPassedTests: counts.passed ?? 0,
    numFailedTests: counts.failed ?? 0,
    numPendingTests: counts.skipped ?? 0,
    numTodoTests: counts.todo ?? 0,
    testResults: files,
  };
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
    expect(line(report({ passed: 1, skipped: 2, todo: 1 }), 0)).toBe('1 passed, 0 failed, 3 skipped');
  });

  test('counts failed tests once, though their file failed too', () => {
    const files = [{ name: 'a', status: 'failed', message: '', assertionResults: [{ status: 'failed' }] }];
    expect(line(report({ passed: 1, failed: 1 }, files), 1)).toBe('1 passed, 1 failed');
  });

  test('counts a file that failed outside its tests', () => {
    const files = [
      { name: 'a.test.ts', status: 'failed', message: 'no such module\nat', assertionResults: [] },
    ];
    expect(sumsOf(report({ passed: 1 }, files), 1)).toMatchObject({
      failed: 1,
      remarks: ['a.test.ts failed outside its tests: no such module'],
    });
  });

  test('is a failure where no test ran, none was found, or all were skipped', () => {
    expect(line(report({}), 1)).toBe('0 passed, 1 failed');
    expect(line(report({}), 0)).toBe('0 passed, 1 failed');
    expect(line(report({ skipped: 4 }), 0)).toBe('0 passed, 1 failed, 4 skipped');
  });

  test('is a failure where vitest ended badly although every test passed, or wrote no report', () => {
    expect(line(report({ passed: 5 }), 1)).toBe('5 passed, 1 failed');
    expect(line(null, 137)).toBe('0 passed, 1 failed');
    expect(line(null, 0)).toBe('0 passed, 1 failed');
  });
});
