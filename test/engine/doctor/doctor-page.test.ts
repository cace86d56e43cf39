// docs/doctor.md lists every finding as the code defines it. CERTDESK_WRITE_DOCS=1 rewrites the tables.
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DOCTOR_FINDINGS, DOCTOR_GROUPS, type DoctorGroup } from '../../../src/shared/doctor.ts';

const FILE = new URL('../../../docs/doctor.md', import.meta.url);
const TABLES = /(?<=<!-- findings: generated -->\n\n).*?(?=\n\n<!-- findings: end -->)/s;

function findingsTables(): string {
  const tables = (Object.keys(DOCTOR_GROUPS) as DoctorGroup[]).map((group) => {
    const rows = Object.entries(DOCTOR_FINDINGS)
      .filter(([, entry]) => entry.group === group)
      .map(([code, entry]) => {
        const blocks = 'blocks' in entry ? ', blocks' : '';
        return `| \`${code}\` | ${entry.severity}${blocks} | ${entry.summary} | ${entry.advice} |`;
      });
    const head = ['| code | severity | what is wrong | what to do |', '|---|---|---|---|'];
    return [`### ${DOCTOR_GROUPS[group]}`, '', ...head, ...rows].join('\n');
  });
  return tables.join('\n\n');
}

it('docs/doctor.md lists every finding with its fix', () => {
  const page = readFileSync(FILE, 'utf8');
  if (process.env.CERTDESK_WRITE_DOCS === '1')
    writeFileSync(
      FILE,
      page.replace(TABLES, () => findingsTables()),
    );
  const [tables] = TABLES.exec(readFileSync(FILE, 'utf8')) ?? [];
  expect(tables, 'run this test with CERTDESK_WRITE_DOCS=1 and check the difference').toBe(findingsTables());
});
