// Runs a selection of the tests: installs their tools, checks and builds the sources, runs vitest, and prints the totals as
// the last line.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ROOT } from './build.ts';
import { runChild } from './child.ts';
import { createInstallers, prepareTools } from './install-tools.ts';
import { type ToolName, toolsNamedIn } from './tools.ts';
import { REPORT_VARIABLE } from './totals-reporter.ts';
import {
  add,
  closingLine,
  sumsOf,
  type Totals,
  type VitestReport,
  type VitestSums,
} from './vitest-report.ts';

export interface Selection {
  /** Projects of vitest.config.ts. */
  readonly projects: readonly [string, ...string[]];
  /** Which test files belong to these projects. */
  readonly files: RegExp;
  /** Whether to check format, lint and types first. */
  readonly checkSources: boolean;
}

/** `npm test` */
export const STANDARD: Selection = {
  projects: ['unit', 'integration'],
  files: /^(?!test\/measure\/).*\.(test|spec)\.tsx?$/,
  checkSources: true,
};
/** `npm run test:all`; `npm test` has checked the sources. */
export const EXHAUSTIVE: Selection = {
  projects: ['exhaustive', 'measure'],
  files: /^test\/measure\/.*\.spec\.ts$|\.exhaustive\.ts$/,
  checkSources: false,
};
/** `npm run soak` */
export const SOAK: Selection = {
  projects: ['soak'],
  files: /\.(test|spec|exhaustive|soak)\.tsx?$/,
  checkSources: true,
};

/**
 * Runs the whole selection even if something fails. Sets the exit code: 0 if nothing failed and at least one test ran.
 * @param args For vitest: parts of the paths of test files, or options.
 */
export async function testRun(selection: Selection, args: readonly string[]): Promise<void> {
  title('Tools');
  const started = [
    ...(selection.checkSources ? sourceChecks() : []),
    startCheck('Build', () => ensureBuilt()),
  ];
  const { env } = await prepareTools(neededTools(selection, args), {
    env: process.env,
    install: createInstallers(),
    say,
  });
  const checks: Totals[] = [];
  for (const each of started) checks.push(await reportCheck(each));
  title('Tests');
  const projects = selection.projects.map((name) => `--project=${name}`);
  const tests = await runVitest([...projects, ...args], env);
  for (const remark of tests.remarks) say(`FAILED: ${remark}`);
  const totals = add([...checks, tests]);
  say(`\n${closingLine(totals)}`);
  process.exitCode = totals.failed === 0 ? 0 : 1;
}

/** A check that runs while the tools are installed. Its failure is the text to print; null: it is passed. */
interface Check {
  readonly name: string;
  readonly failure: Promise<string | null>;
}

function startCheck(name: string, run: () => Promise<string | null>): Check {
  return { name, failure: run().catch((error: unknown) => String(error)) };
}

function sourceChecks(): readonly Check[] {
  return [
    startCheck('Format and lint', () =>
      runProgram('@biomejs/biome/bin/biome', ['ci', '--error-on-warnings', '.']),
    ),
    startCheck('Types', () => runProgram('typescript/bin/tsc', ['--noEmit'])),
  ];
}

/** A check counts as one test. */
async function reportCheck({ name, failure }: Check): Promise<Totals> {
  const output = await failure;
  title(name);
  if (output !== null) process.stderr.write(output);
  const ok = output === null;
  say(ok ? 'ok' : `FAILED: ${name}`);
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
}

/** @returns its output if it fails */
async function runProgram(path: string, args: readonly string[]): Promise<string | null> {
  const { code, output } = await runChild(process.execPath, [join(ROOT, 'node_modules', path), ...args], {
    cwd: ROOT,
    stdio: 'collect',
  });
  return code === 0 ? null : `${output}\n`;
}

async function runVitest(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<VitestSums> {
  const folder = mkdtempSync(join(tmpdir(), 'certdesk-test-'));
  const reportPath = join(folder, 'report.json');
  try {
    const program = join(ROOT, 'node_modules/vitest/vitest.mjs');
    const reporters = ['--reporter=default', `--reporter=${join(ROOT, 'scripts/lib/totals-reporter.ts')}`];
    const { code } = await runChild(process.execPath, [program, 'run', ...reporters, ...args], {
      cwd: ROOT,
      env: { ...env, [REPORT_VARIABLE]: reportPath },
      stdio: 'inherit',
    });
    return sumsOf(readReport(reportPath), code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(path: string): VitestReport | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null; // vitest was killed before it wrote a report: counts as a failure
  }
}

/** OpenSSL for the unit tests, and the tools that the selected suites name. */
function neededTools({ files }: Selection, args: readonly string[]): readonly ToolName[] {
  const filters = args.filter((arg) => !arg.startsWith('-'));
  const named = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .map((path) => join('test', path))
    .filter((path) => files.test(path))
    .filter((path) => filters.length === 0 || filters.some((filter) => path.includes(filter)))
    .flatMap((path) => toolsNamedIn(readFileSync(join(ROOT, path), 'utf8')));
  return [...new Set<ToolName>(['openssl', ...named])];
}

function title(text: string): void {
  say(`\n== ${text}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
