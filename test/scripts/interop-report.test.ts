// docs/interop.md as npm run interop writes it: nothing that did not run counts as passed.
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { formatReport, MARKER, type PeerResult, writeReport } from '../../scripts/interop/report.ts';

const NOW = new Date('2026-11-29T12:00:00Z');
const peer = (more: Partial<PeerResult>): PeerResult => ({
  ...{ name: 'step-ca', version: 'v1', source: 'Go module example.com/step', checks: [], notRun: null },
  ...more,
});
const check = (passed: boolean, remark = '') => ({ title: 'obtains a certificate', passed, remark });

it('names the version, the date and how many checks passed', () => {
  const text = formatReport([peer({ checks: [check(true, 'issued by CN=x')] })], NOW);
  expect(text).toContain('Last run: 2026-11-29');
  expect(text).toContain('| step-ca | v1 | Go module example.com/step | 1 passed |');
  expect(text).toContain('| obtains a certificate | passed | issued by CN=x |');
});

it('shows a failed check in the summary and with its reason', () => {
  const text = formatReport([peer({ checks: [check(true), check(false, 'a | b')] })], NOW);
  expect(text).toContain('| 1 passed, 1 failed |');
  expect(text).toContain('| obtains a certificate | FAILED | a \\| b |');
});

it('says why a peer that cannot be installed did not run', () => {
  const text = formatReport([peer({ version: '', notRun: 'no package has it' })], NOW);
  expect(text).toContain('| not run: no package has it |');
  expect(text).not.toContain('passed |');
});

it('calls a peer without a single check "not run"', () => {
  expect(formatReport([peer({})], NOW)).toContain('| not run: it has no checks |');
});

it('keeps the manual text below the marker', () => {
  const folder = mkdtempSync(join(tmpdir(), 'certdesk-report-'));
  const path = join(folder, 'interop.md');
  try {
    writeReport([], NOW, path);
    appendFileSync(path, '\n## Public reports\n\nOne.\n');
    writeReport([peer({ checks: [check(true)] })], NOW, path);
    const again = readFileSync(path, 'utf8');
    expect(again).toContain('| step-ca | v1 |');
    expect(again.split(MARKER)).toEqual([expect.any(String), '\n\n## Public reports\n\nOne.\n']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
