// A Vitest reporter that counts the tests for npm test. Vitest's JSON report counts the tests of a suite whose beforeAll
// failed as skipped, as if that were intended.
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import type { VitestReport } from './vitest-report.ts';

/** The environment variable that names the file of the report. */
export const REPORT_VARIABLE = 'CERTDESK_TEST_REPORT';

type ModuleReport = VitestReport['modules'][number];

export default class TotalsReporter implements Reporter {
  readonly #started = new Set<string>();

  onTestCaseReady({ id }: TestCase): void {
    this.#started.add(id);
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const path = process.env[REPORT_VARIABLE];
    if (path === undefined) throw new Error(`${REPORT_VARIABLE} names no file`);
    const report: VitestReport = { modules: modules.map((module) => this.#report(module)) };
    writeFileSync(path, JSON.stringify(report));
  }

  #report(module: TestModule): ModuleReport {
    const suites = [module, ...module.children.allSuites()];
    const tests = [...module.children.allTests()];
    const withoutSetUp = new Set(
      suites
        .filter((suite) => suite.errors().length > 0)
        .flatMap((suite) => [...suite.children.allTests('skipped')])
        // Neither the command line nor the test skipped it.
        .filter((test) => test.options.mode === 'run' && !this.#started.has(test.id)),
    );
    const count = (state: string): number =>
      tests.filter((test) => !withoutSetUp.has(test) && test.result().state === state).length;
    return {
      path: relative(process.cwd(), module.moduleId),
      passed: count('passed'),
      failedTests: tests
        .filter((test) => !withoutSetUp.has(test) && test.result().state === 'failed')
        .map((test) => ({
          name: test.fullName,
          errors: test.result().errors?.map(({ message }) => message) ?? [],
        })),
      unfinished: withoutSetUp.size + count('pending'), // still pending at the end of the run: its worker crashed
      skipped: count('skipped'),
      errors: suites.flatMap((suite) => suite.errors().map(({ message }) => message)),
      finished: !['pending', 'queued'].includes(module.state()),
    };
  }
}
