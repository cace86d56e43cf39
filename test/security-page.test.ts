// docs/security.md says of every operation and field what the router says.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { reachTables } from './support/reach-table.ts';

it('docs/security.md has the reach of every operation, and of every field that reaches further', () => {
  const page = readFileSync(new URL('../docs/security.md', import.meta.url), 'utf8');
  const [, tables] = /<!-- reach: generated -->\n\n(.*?)\n\n<!-- reach: end -->/s.exec(page) ?? [];
  expect(tables).toBe(reachTables());
});
