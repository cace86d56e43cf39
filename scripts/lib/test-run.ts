// npm test: the tools, then Biome, the types, the build and every test; the last line holds the sums.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ROOT } from './build.ts';
import { runChild } from './child.ts';
import { createInstallers, prepareTools } from './install-tools.ts';
import { type ToolName, toolsNamedIn } from './tools.ts';
import {
  add,
  closingLine,
  sumsOf,
  type Totals,
  type VitestReport,
  type VitestSums,
} from './vitest-report.ts';

/**
 * Runs everything, whatever fails, and sets the exit code: 0 where nothing failed and at least one test ran.
 * @param args For vitest: parts of the paths of test files, or options.
 */
export async function testRun(args: readonly string[]): Promise<void> {
  title('Tools');
  const { env } = await prepareTools(neededTools(args), {
    env: process.env,
    install: createInstallers(process.getuid?.()),
    say,
  });
  const checks = [
    await check('Format and lint', () =>
      runProgram('@biomejs/biome/bin/biome', ['ci', '--error-on-warnings', '.']),
    ),
    await check('Types', () => runProgram('typescript/bin/tsc', ['--noEmit'])),
    await check('Build', async () => {
      const failure = await ensureBuilt();
      if (failure !== null) process.stderr.write(failure);
      return failure === null;
    }),
  ];
  title('Tests');
  const tests = await runVitest(args, env);
  for (const remark of tests.remarks) say(remark);
  const totals = add([...checks, tests]);
  say(`\n${closingLine(totals)}`);
  process.exitCode = totals.failed === 0 ? 0 : 1;
}

/** A check counts as one test. */
async function check(name: string, run: () => Promise<boolean>): Promise<Totals> {
  title(name);
  const ok = await run();
  say(ok ? 'ok' : `FAILED: ${name}`);
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
}

async function runProgram(path: string, args: readonly string[]): Promise<boolean> {
  const { code } = await runChild(process.execPath, [join(ROOT, 'node_modules', path), ...args], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  return code === 0;
}

async function runVitest(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<VitestSums> {
  const folder = mkdtempSync(join(tmpdir(), 'certdesk-test-'));
  const reportPath = join(folder, 'report.json');
  try {
    const program = join(ROOT, 'node_modules/vitest/vitest.mjs');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`];
    const { code } = await runChild(process.execPath, [program, 'run', ...reporters, ...args], {
      cwd: ROOT,
      env,
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
    return null; // vitest was killed before it wrote one: counted as a failure
  }
}

/** OpenSSL for the unit tests, and what the suites that will run name. */
function neededTools(args: readonly string[]): readonly ToolName[] {
  const filters = args.filter((arg) => !arg.startsWith('-'));
  const named = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .map((path) => join('test', path))
    .filter((path) => /\.(test|spec|soak)\.tsx?$/.test(path))
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
