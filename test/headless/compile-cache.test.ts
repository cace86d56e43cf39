// Where compiled code may be kept: only in a folder that nobody else can write. In a process each, for Node turns its
// cache on once.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const SOURCE = resolve(import.meta.dirname, '../../src/main/headless/compile-cache.ts');

let root: string;
let out: string;
let cache: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'certdesk-compiled-'));
  out = join(root, 'out');
  cache = join(out, '.compile-cache');
  mkdirSync(out, { mode: 0o755 });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** @returns the folder that a process has used, null where it went without. */
function keep(): string | null {
  const { NODE_COMPILE_CACHE: _, ...env } = process.env;
  const program = `const { keepCompiled } = await import(${JSON.stringify(SOURCE)});
    console.log(JSON.stringify(keepCompiled(${JSON.stringify(out)})));
    await import('node:fs'); await import(${JSON.stringify(resolve(import.meta.dirname, '../../scripts/node-version.mjs'))});`;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    env,
    encoding: 'utf8',
  });
  return JSON.parse(said);
}

it('is beside the built program, for the owner alone', () => {
  expect(keep()).toContain(cache);
  expect(statSync(cache).mode & 0o777).toBe(0o700);
  const [version = ''] = readdirSync(cache);
  expect(readdirSync(join(cache, version)).length).toBeGreaterThan(0);
  expect(keep()).toContain(cache);
});

it('is not used where others may write the installation', () => {
  chmodSync(out, 0o775);
  expect(keep()).toBeNull();
  expect(existsSync(cache)).toBe(false);
});

it('is not used where others may have written it', () => {
  mkdirSync(cache);
  chmodSync(cache, 0o777);
  expect(keep()).toBeNull();
});

it('is not looked for behind a link', () => {
  mkdirSync(join(root, 'elsewhere'), { mode: 0o700 });
  symlinkSync(join(root, 'elsewhere'), cache);
  expect(keep()).toBeNull();
});

it('is gone without where it cannot be made', () => {
  rmSync(out, { recursive: true });
  expect(keep()).toBeNull();
});
