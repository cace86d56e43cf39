// The sums of real vitest runs over small files of each kind, and what describeWith() does without its tool.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { REPORT_VARIABLE } from '../../scripts/lib/totals-reporter.ts';
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
import { afterAll, beforeAll, expect, test, describe } from 'vitest';
import { describeWith, toolPath } from '${join(ROOT, 'test/support/tools/tools.ts')}';
`;

/** Runs vitest on one file with this content; null: on none. */
function sums(content: string | null, env: Record<string, string> = {}) {
  if (content !== null) writeFileSync(join(folder, 'a.test.ts'), HEAD + content);
  const report = join(folder, 'report.json');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(ROOT, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--reporter=verbose',
      `--reporter=${join(ROOT, 'scripts/lib/totals-reporter.ts')}`,
    ],
    {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', [REPORT_VARIABLE]: report, ...env },
    },
  );
  const result = sumsOf(JSON.parse(readFileSync(report, 'utf8')), status ?? 137);
  return { line: closingLine(result), remarks: result.remarks, output: stdout + stderr };
}

const PASSES = `test('good', () => {});`;

test('tests that pass and fail', () => {
  const { line, remarks } = sums(
    `${PASSES} describe('group', () => { test('bad', () => expect(1).toBe(2)); });`,
  );
  expect(line).toBe('1 passed, 1 failed');
  expect(remarks).toEqual(['a.test.ts > group > bad: expected 1 to be 2 // Object.is equality']);
});

test('a file that does not load', () => {
  expect(sums(`import './nowhere.ts'; ${PASSES}`).line).toBe('0 passed, 1 failed');
});

const FAILING = `beforeAll(() => { throw new Error('no port is free'); });`;

test('a set-up that fails counts all its tests as failed, and no others', () => {
  const inner = `describe('inner', () => { test('two', () => {}); test.skip('on purpose', () => {}); });`;
  const { line, remarks } = sums(
    `describe('outer', () => { ${FAILING} test('one', () => {}); ${inner} }); ${PASSES}`,
  );
  expect(line).toBe('1 passed, 2 failed, 1 skipped');
  expect(remarks).toEqual(['a.test.ts: 2 not run, counted as failed: no port is free']);
});

test('a set-up of the file that fails, and a tear-down on top', () => {
  const { line } = sums(`${FAILING} afterAll(() => { throw new Error('neither'); });
    ${PASSES} test('also good', () => {});`);
  expect(line).toBe('0 passed, 2 failed');
});

test('a tear-down that fails where every test passed, and one that skipped itself', () => {
  const { line, remarks } = sums(`afterAll(() => { throw new Error('still open'); });
    ${PASSES} test('not here', ({ skip }) => skip());`);
  expect(line).toBe('1 passed, 1 failed, 1 skipped');
  expect(remarks).toEqual(['a.test.ts failed outside its tests: still open']);
});

test('a worker that ends in the middle', () => {
  const { line } = sums(
    `${PASSES} test('ends', () => process.kill(process.pid, 'SIGKILL')); test('after', () => {});`,
  );
  expect(line).toMatch(/^[01] passed, [1-3] failed$/);
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
