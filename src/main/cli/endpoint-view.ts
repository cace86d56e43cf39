// Shows an endpoint: what each address presented, and below it every finding with what to do.
import type { Finding } from '../../shared/endpoint.ts';
import type { EndpointDetail } from '../../shared/endpoint-record.ts';
import { printTable, type Shown } from './table.ts';
import { paint, printLine, printNote } from './terminal.ts';
import { isRecord } from './values.ts';

export function printEndpoint({ reports, general, state }: EndpointDetail, shown: Shown): void {
  if (reports.length > 0) printTable(reports, shown);
  else printNote(state === 'new' ? 'Not checked yet' : 'Nothing presented');
  for (const { findings } of reports) findings.forEach(printFinding);
  general.forEach(printFinding);
}

const COLORS = { critical: 'red', warning: 'yellow', info: 'dim', unknown: 'yellow' } as const;

function printFinding({ code, severity, address, message, advice }: Finding): void {
  const at = address === null || message.includes(address) ? '' : `${address}: `;
  printLine(`\n${paint(severity, COLORS[severity])} ${paint(code)}`);
  printLine(`  ${paint(`${at}${message}`)}`);
  printLine(`  ${paint(advice, 'dim')}`);
}

export function isEndpoint(value: unknown): value is EndpointDetail {
  return isRecord(value) && Array.isArray(value.reports) && Array.isArray(value.general);
}
