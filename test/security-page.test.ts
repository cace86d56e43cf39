// docs/security.md states for every operation and field what the router declares. CERTDESK_WRITE_DOCS=1 rewrites its
// tables.
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { reachTables } from './support/server/reach-table.ts';

const FILE = new URL('../docs/security.md', import.meta.url);
const TABLES = /(?<=<!-- reach: generated -->\n\n).*?(?=\n\n<!-- reach: end -->)/s;

it('docs/security.md lists the reach of every operation, and of every field that reaches further', () => {
  const page = readFileSync(FILE, 'utf8');
  if (process.env.CERTDESK_WRITE_DOCS === '1')
    writeFileSync(
      FILE,
      page.replace(TABLES, () => reachTables()),
    );
  const [tables] = TABLES.exec(readFileSync(FILE, 'utf8')) ?? [];
  expect(tables, 'run this test with CERTDESK_WRITE_DOCS=1 and check the difference').toBe(reachTables());
});
