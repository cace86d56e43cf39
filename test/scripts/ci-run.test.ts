// .ci/run with a stand-in for npm on the PATH: its last line and its exit code.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const RUN = resolve(import.meta.dirname, '../../.ci/run');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'certdesk-ci-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** @param npm The body of a shell script; `$1` is `ci`, `test` or `run`. */
function run(npm: string): { status: number | null; lines: string[] } {
  writeFileSync(join(folder, 'npm'), `#!/bin/sh\n${npm}\n`, { mode: 0o755 });
  const { status, stdout } = spawnSync(RUN, [], {
    encoding: 'utf8',
    cwd: folder,
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
  });
  return { status, lines: stdout.trimEnd().split('\n') };
}

test('runs npm ci, npm test and npm run test:all in the checkout, and ends with the sum of both', () => {
  const { status, lines } = run(
    'echo "$@ in $(pwd)"; [ $1 = ci ] || { echo; echo "12 passed, 0 failed, 3 skipped"; }',
  );
  const root = resolve(import.meta.dirname, '../..');
  const sums = ['', '12 passed, 0 failed, 3 skipped'];
  expect(lines).toEqual([
    `ci in ${root}`,
    `test in ${root}`,
    ...sums,
    `run test:all in ${root}`,
    ...sums,
    '24 passed, 0 failed, 6 skipped',
  ]);
  expect(status).toBe(0);
});

test('runs the exhaustive tests after a failed npm test, and fails', () => {
  const { status, lines } = run(
    'case $1 in test) echo "1 passed, 2 failed"; echo "npm error" >&2; exit 3;; run) echo "4 passed, 0 failed";; esac',
  );
  expect(lines).toEqual(['1 passed, 2 failed', 'npm error', '4 passed, 0 failed', '5 passed, 2 failed']);
  expect(status).toBe(3);
});

test('repeats what failed before the sum', () => {
  const { lines } = run(
    'case $1 in test) echo "FAILED: a > b: c"; echo "1 passed, 1 failed"; exit 1;; run) echo "FAILED: Build"; echo "4 passed, 1 failed"; exit 1;; esac',
  );
  expect(lines.slice(-3)).toEqual(['FAILED: a > b: c', 'FAILED: Build', '5 passed, 2 failed']);
});

test('fails if only the exhaustive tests fail', () => {
  const { status, lines } = run(
    'case $1 in test) echo "1 passed, 0 failed";; run) echo "4 passed, 1 failed"; exit 1;; esac',
  );
  expect(lines.at(-1)).toBe('5 passed, 1 failed');
  expect(status).toBe(1);
});

test('fails in the same form if npm ci fails, and then runs no test', () => {
  const { status, lines } = run('echo "npm $1"; exit 7');
  expect(lines).toEqual(['npm ci', '0 passed, 1 failed']);
  expect(status).toBe(7);
});

test('counts a command that prints no sums as one failure', () => {
  const { status, lines } = run('exit 0');
  expect(lines.at(-1)).toBe('0 passed, 2 failed');
  expect(status).toBe(1);
});
