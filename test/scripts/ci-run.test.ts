// .ci/run with a double of npm on the PATH: its last line and its exit code.
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

/** @param npm The body of a shell script; `$1` is `ci` or `test`. */
function run(npm: string): { status: number | null; lines: string[] } {
  writeFileSync(join(folder, 'npm'), `#!/bin/sh\n${npm}\n`, { mode: 0o755 });
  const { status, stdout } = spawnSync(RUN, [], {
    encoding: 'utf8',
    cwd: folder,
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
  });
  return { status, lines: stdout.trimEnd().split('\n') };
}

test("runs the README's commands in the checkout, and ends on the sums", () => {
  const { status, lines } = run(
    'echo "$@ in $(pwd)"; [ $1 = ci ] || { echo; echo "12 passed, 0 failed, 3 skipped"; }',
  );
  const root = resolve(import.meta.dirname, '../..');
  expect(lines).toEqual([`ci in ${root}`, `test in ${root}`, '', '12 passed, 0 failed, 3 skipped']);
  expect(status).toBe(0);
});

test('says the sums again where npm says more after a failure', () => {
  const { status, lines } = run(
    '[ $1 = ci ] || { echo "1 passed, 2 failed"; echo "npm error" >&2; exit 1; }',
  );
  expect(lines).toEqual(['1 passed, 2 failed', 'npm error', '1 passed, 2 failed']);
  expect(status).toBe(1);
});

test('fails in the same form where npm ci fails, and runs no test then', () => {
  const { status, lines } = run('echo "npm $1"; exit 7');
  expect(lines).toEqual(['npm ci', '0 passed, 1 failed']);
  expect(status).toBe(7);
});

test('fails where there are no sums at all', () => {
  const { status, lines } = run('exit 0');
  expect(lines.at(-1)).toBe('0 passed, 1 failed');
  expect(status).toBe(1);
});
