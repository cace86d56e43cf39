// The sums of real vitest runs over small files of each kind, and what describeWith() does without its tool.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closingLine, sumsOf } from '../../scripts/lib/vitest-report.ts';

const ROOT = resolve(import.meta.dirname, '../..');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'certdesk-vitest-'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'vitest.config.ts'), 'export default {};');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const HEAD = `
import { beforeAll, expect, test, describe } from 'vitest';
import { describeWith, toolPath } from '${join(ROOT, 'test/support/tools.ts')}';
`;

/** Runs vitest on one file with this content; null: on none. */
function sums(content: string | null, env: Record<string, string> = {}): { line: string; output: string } {
  if (content !== null) writeFileSync(join(folder, 'a.test.ts'), HEAD + content);
  const report = join(folder, 'report.json');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(ROOT, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--reporter=verbose',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1', ...env } },
  );
  const result = sumsOf(JSON.parse(readFileSync(report, 'utf8')), status ?? 137);
  return { line: closingLine(result), output: stdout + stderr };
}

const PASSES = `test('good', () => {});`;

test('tests that pass and fail', () => {
  expect(sums(`${PASSES} test('bad', () => expect(1).toBe(2));`).line).toBe('1 passed, 1 failed');
});

test('a file that does not load', () => {
  expect(sums(`import './nowhere.ts'; ${PASSES}`).line).toBe('0 passed, 1 failed');
});

test('a hook that fails', () => {
  const hook = `beforeAll(() => { throw new Error('no'); });`;
  expect(sums(`describe('a', () => { ${hook} test('never', () => {}); }); ${PASSES}`).line).toMatch(
    /^1 passed, 1 failed/,
  );
});

test('a rejection that nobody handles', () => {
  const content = `test('good', async () => { void Promise.reject(new Error('lost')); await new Promise((r) => setTimeout(r, 50)); });`;
  expect(sums(content).line).toBe('1 passed, 1 failed');
});

test('no file at all', () => {
  expect(sums(null).line).toBe('0 passed, 1 failed');
});

test('a suite without its tool is skipped with the reason, its hooks are not run, and it is not passed', () => {
  const suite = `describeWith('bind9', 'updates', () => {
    beforeAll(() => { throw new Error('not to be run'); });
    test('one', () => {}); test('two', () => {});
  });`;
  const env = {
    CERTDESK_TEST_NAMED: '/nowhere/named',
    CERTDESK_TEST_MISSING: '{"bind9":"apt-get failed: no network"}',
  };
  const { line, output } = sums(`${suite} ${PASSES}`, env);
  expect(line).toBe('1 passed, 0 failed, 2 skipped');
  expect(output).toContain('updates [skipped: bind9: apt-get failed: no network]');
  expect(sums(suite, env).line).toBe('0 passed, 1 failed, 2 skipped');
});

test('a suite with its tool runs, and knows the path', () => {
  const suite = `describeWith(['openssl'], 'keys', () => {
    test('path', () => expect(toolPath('CERTDESK_TEST_OPENSSL')).toBe(process.execPath));
  });`;
  expect(sums(suite, { CERTDESK_TEST_OPENSSL: process.execPath }).line).toBe('1 passed, 0 failed');
});
