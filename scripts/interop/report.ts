// Writes docs/interop.md: programs, versions and results. Keeps the text below the marker.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

export interface CheckResult {
  readonly title: string;
  readonly passed: boolean;
  readonly remark: string;
}

export interface PeerResult {
  readonly name: string;
  readonly source: string;
  readonly version: string;
  readonly checks: readonly CheckResult[];
  /** Why it could not be installed; null if it ran. */
  readonly notRun: string | null;
}

const PATH = resolve(import.meta.dirname, '../../docs/interop.md');
export const MARKER = '<!-- below: written by hand; npm run interop keeps it -->';

export function writeReport(results: readonly PeerResult[], now: Date, path = PATH): void {
  const kept = existsSync(path) ? readFileSync(path, 'utf8').split(MARKER)[1] : undefined;
  writeFileSync(path, `${formatReport(results, now)}\n${MARKER}${kept ?? '\n'}`);
}

export function formatReport(results: readonly PeerResult[], now: Date): string {
  const head = `# Interoperability

\`npm run interop\` installs the programs below into \`.tools/interop\` and runs each against Certdesk (\`scripts/interop\`).
It is not part of \`npm test\`: there, each behaviour that was found in this way is a row of
\`test/support/faults/faulty-ca/rows.ts\` or a test of its own.

Last run: ${now.toISOString().slice(0, 10)}, ${process.platform} ${process.arch}, Node ${process.versions.node}.

| peer | version | from | result |
|---|---|---|---|
${results.map(formatRow).join('\n')}
`;
  return [head, ...results.filter(({ checks }) => checks.length > 0).map(formatChecks)].join('\n');
}

function formatRow({ name, version, source, checks, notRun }: PeerResult): string {
  const reason = notRun ?? (checks.length === 0 ? 'it has no checks' : null);
  const failed = checks.filter(({ passed }) => !passed).length;
  const outcome =
    failed === 0 ? `${checks.length} passed` : `${checks.length - failed} passed, ${failed} failed`;
  return `| ${[name, version, source, reason === null ? outcome : `not run: ${cell(reason)}`].join(' | ')} |`;
}

function formatChecks({ name, version, checks }: PeerResult): string {
  const rows = checks.map(
    ({ title, passed, remark }) => `| ${cell(title)} | ${passed ? 'passed' : 'FAILED'} | ${cell(remark)} |`,
  );
  return `## ${name} ${version}\n\n| check | result | remark |\n|---|---|---|\n${rows.join('\n')}\n`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
