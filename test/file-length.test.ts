// A file over 400 lines has more than one responsibility, in sources, tests and scripts alike.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const MAX_LINES = 400;

const files = ['src', 'test', 'scripts', 'bin'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|tsx|mjs|mts)$/.test(name))
    .map((name) => join(folder, name)),
);

it(`no file has over ${MAX_LINES} lines`, () => {
  expect(files.length).toBeGreaterThan(600);
  const lines = (name: string): number => readFileSync(join(ROOT, name), 'utf8').split('\n').length - 1;
  expect(files.filter((name) => lines(name) > MAX_LINES)).toEqual([]);
});
