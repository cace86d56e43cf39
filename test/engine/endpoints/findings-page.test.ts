// docs/check.md lists every finding as the code defines it. CERTDESK_WRITE_DOCS=1 rewrites the table.
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FINDINGS } from '../../../src/shared/endpoint.ts';

const FILE = new URL('../../../docs/check.md', import.meta.url);
const TABLE = /(?<=<!-- findings: generated -->\n\n).*?(?=\n\n<!-- findings: end -->)/s;

function findingsTable(): string {
  const rows = Object.entries(FINDINGS).map(
    ([code, { severity, summary, advice }]) => `| \`${code}\` | ${severity} | ${summary} | ${advice} |`,
  );
  return ['| code | severity | what happened | what to do |', '|---|---|---|---|', ...rows].join('\n');
}

it('docs/check.md lists every finding', () => {
  const page = readFileSync(FILE, 'utf8');
  if (process.env.CERTDESK_WRITE_DOCS === '1')
    writeFileSync(
      FILE,
      page.replace(TABLE, () => findingsTable()),
    );
  const [table] = TABLE.exec(readFileSync(FILE, 'utf8')) ?? [];
  expect(table, 'run this test with CERTDESK_WRITE_DOCS=1 and check the difference').toBe(findingsTable());
});
