// The sums of a test run, from vitest's JSON report.

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What is read of the report (`vitest --reporter=json`). */
export interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

export interface VitestSums extends Totals {
  /** What is counted as failed besides failed tests, for people. */
  readonly remarks: readonly string[];
}

/**
 * Counts a file that failed without a failed test in it (it does not load, a hook fails), a run that ended badly
 * although every test passed (an unhandled rejection), and a run of no test at all as one failure each.
 * @param report Null where vitest wrote none.
 * @param exitCode What vitest ended with.
 */
export function sumsOf(report: VitestReport | null, exitCode: number): VitestSums {
  if (report === null) {
    return { passed: 0, failed: 1, skipped: 0, remarks: [`vitest ended with ${exitCode} and no report`] };
  }
  const remarks = report.testResults
    .filter(
      (file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
    )
    .map((file) => `${file.name} failed outside its tests: ${file.message.split('\n')[0]}`);
  const passed = report.numPassedTests;
  const skipped = report.numPendingTests + report.numTodoTests;
  if (passed + report.numFailedTests === 0 && remarks.length === 0) remarks.push('no test ran');
  if (exitCode !== 0 && report.numFailedTests === 0 && remarks.length === 0) {
    remarks.push(`every test passed, but vitest ended with ${exitCode} (see its errors above)`);
  }
  return { passed, failed: report.numFailedTests + remarks.length, skipped, remarks };
}

export function add(totals: readonly Totals[]): Totals {
  const sum = (pick: (part: Totals) => number): number => totals.reduce((all, part) => all + pick(part), 0);
  return { passed: sum((t) => t.passed), failed: sum((t) => t.failed), skipped: sum((t) => t.skipped) };
}

/** `N passed, N failed`, and the skipped where there are any. */
export function closingLine({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}
