// Prints the result of `certdesk doctor`.
import type { DoctorFinding, DoctorFix, DoctorName, DoctorReport } from '../../shared/doctor.ts';
import type { FindingSeverity } from '../../shared/endpoint.ts';
import { paint, printLine } from '../cli/terminal.ts';

/** Whether the exit code reports it. */
export const isProblem = ({ severity }: DoctorFinding): boolean =>
  severity === 'critical' || severity === 'warning';

export function printReport({ ca, challenge, names, findings }: DoctorReport): void {
  printLine(`${paint(ca, 'bold')}${paint(`, ${challenge}`)}`);
  for (const name of names) printName(name);
  for (const finding of findings) printFinding(finding);
  if (findings.length === 0) printLine(`  ${paint('ok', 'green')}`);
}

function printName({ name, addresses, ports, caa, dnssec, zone, nameServers }: DoctorName): void {
  printLine('');
  printLine(paint(name, 'bold'));
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['addresses', addresses],
    ['answers', ports.map(({ address, port, state, who }) => `${address} port ${port}: ${who ?? state}`)],
    ['zone', zone === null ? [] : [`${zone} (${nameServers.join(', ')})`]],
    ['DNSSEC', dnssec === 'unknown' ? [] : [dnssec]],
    ['CAA', caa],
  ];
  for (const [label, values] of rows) {
    for (const [at, value] of values.entries())
      printLine(`  ${paint((at === 0 ? label : '').padEnd(10), 'dim')}${paint(value)}`);
  }
}

const COLORS = {
  critical: 'red',
  warning: 'yellow',
  info: 'dim',
  unknown: 'yellow',
} as const satisfies Record<FindingSeverity, string>;

const FIX_LABELS: Readonly<Record<DoctorFix['kind'], string>> = {
  'add-record': 'Add the record',
  'remove-record': 'Remove the record',
  command: 'Run',
  setting: 'Set',
};

function printFinding({ code, severity, message, fixes, blocks }: DoctorFinding): void {
  printLine('');
  printLine(`${paint(severity, COLORS[severity])} ${code}${blocks ? ' (the CA must refuse)' : ''}`);
  printLine(`  ${paint(message)}`);
  for (const { kind, text, instead } of fixes)
    printLine(`  ${instead ? 'Or: ' : ''}${FIX_LABELS[kind]}: ${paint(text, 'bold')}`);
}
