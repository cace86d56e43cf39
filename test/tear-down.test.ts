// Tear-down works after half a set-up: a hook that throws on what never started hides the real error and leaves the
// rest running.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** The text of each call of afterAll or afterEach. */
function hooksIn(source: string): readonly string[] {
  return [...source.matchAll(/\bafter(?:All|Each)\(/g)].map((match) => {
    let depth = 1;
    let end = match.index + match[0].length;
    for (; depth > 0 && end < source.length; end += 1)
      depth += source[end] === '(' ? 1 : source[end] === ')' ? -1 : 0;
    return source.slice(match.index, end);
  });
}

/** Variables that are assigned later: `let app: TestApp;` */
function variablesIn(source: string): readonly string[] {
  return [...source.matchAll(/^\s*let ([^;=]+);/gm)].flatMap(([, list = '']) =>
    [...list.matchAll(/(?:^|, )(\w+)(?=:|,|$)/g)].map(([, name = '']) => name),
  );
}

/** Uses of such a variable in a hook that throw before it is assigned: `app.stop()`, not `app?.stop()`. */
function unguardedUses(source: string): readonly string[] {
  const names = variablesIn(source);
  return hooksIn(source).flatMap((hook) =>
    names.filter((name) => new RegExp(`(?<![\\w.?$])${name}\\.[a-zA-Z]`).test(hook)),
  );
}

it.each([
  ['let app: TestApp;\nafterAll(() => app.stop());', ['app']],
  ['let a: A, b: B;\nafterEach(async () => {\n  await a?.stop();\n  b.stop();\n});', ['b']],
  ['let app: TestApp;\nafterAll(() => app?.stop());\nit("x", () => app.call());', []],
  ['const app = start();\nafterAll(() => app.stop());', []],
])('reports hooks that throw after half a set-up: %j', (source, found) => {
  expect(unguardedUses(source)).toEqual(found);
});

it('is correct in every test', () => {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter(
    (path) => /\.tsx?$/.test(path) && !path.endsWith('tear-down.test.ts'),
  );
  const found = files.flatMap((path) =>
    unguardedUses(readFileSync(join(import.meta.dirname, path), 'utf8')).map((name) => `${path}: ${name}`),
  );
  expect(found, 'use `name?.` in afterAll and afterEach').toEqual([]);
});
