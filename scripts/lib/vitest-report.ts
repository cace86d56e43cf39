// The totals of a test run, from the report of totals-reporter.ts.

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The report of totals-reporter.ts. */
export interface VitestReport {
  readonly modules: readonly {
    readonly path: string;
    readonly passed: number;
    readonly failedTests: readonly { readonly name: string; readonly errors: readonly string[] }[];
    /** Tests that did not run because a hook failed or the worker ended. */
    readonly unfinished: number;
    /** Tests that the file or the command line skips. */
    readonly skipped: number;
    /** Errors outside tests: the file does not load, or a hook of all tests fails. */
    readonly errors: readonly string[];
    readonly finished: boolean;
  }[];
}

export interface VitestSums extends Totals {
  /** What failed and why, a line each. */
  readonly remarks: readonly string[];
}

/**
 * Counts the tests of a failed setup as failed. One failure each: a file that failed without a failed test, a run that
 * failed although every test passed (an unhandled rejection), and a run without tests.
 * @param report Null if the reporter wrote none.
 * @param exitCode The exit code of vitest.
 */
export function sumsOf(report: VitestReport | null, exitCode: number): VitestSums {
  if (report === null) {
    return { passed: 0, failed: 1, skipped: 0, remarks: [`vitest ended with ${exitCode} and no report`] };
  }
  const { modules } = report;
  const total = (pick: (module: VitestReport['modules'][number]) => number): number =>
    modules.reduce((sum, module) => sum + pick(module), 0);
  const [passed, failed, unfinished] = [
    total((module) => module.passed),
    total((module) => module.failedTests.length),
    total((module) => module.unfinished),
  ];
  const outside = modules
    .filter(({ errors, finished }) => errors.length > 0 || !finished)
    .filter(({ failedTests, unfinished }) => failedTests.length + unfinished === 0)
    .map(({ path, errors }) => `${path} failed outside its tests: ${firstLine(errors)}`);
  const extra = [...outside];
  if (passed + failed + unfinished === 0 && extra.length === 0) extra.push('no test ran');
  if (exitCode !== 0 && failed + unfinished === 0 && extra.length === 0) {
    extra.push(`every test passed, but vitest ended with ${exitCode} (see its errors above)`);
  }
  const failures = modules.flatMap((module) =>
    module.failedTests.map(({ name, errors }) => `${module.path} > ${name}: ${firstLine(errors)}`),
  );
  const notRun = modules
    .filter((module) => module.unfinished > 0)
    .map(
      (module) =>
        `${module.path}: ${module.unfinished} not run, counted as failed: ${firstLine(module.errors)}`,
    );
  return {
    passed,
    failed: failed + unfinished + extra.length,
    skipped: total((module) => module.skipped),
    remarks: [...failures, ...notRun, ...extra],
  };
}

function firstLine(errors: readonly string[]): string {
  return errors[0]?.split('\n')[0] ?? 'the worker ended';
}

export function add(totals: readonly Totals[]): Totals {
  const sum = (pick: (part: Totals) => number): number => totals.reduce((all, part) => all + pick(part), 0);
  return { passed: sum((t) => t.passed), failed: sum((t) => t.failed), skipped: sum((t) => t.skipped) };
}

/** `N passed, N failed`, and `N skipped` if there are any. */
export function closingLine({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}
