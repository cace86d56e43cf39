// Shows the test of a host: its checks, and below them the lines that grant a missing right.
import type { HostTest } from '../../shared/host.ts';
import { CommandFailure } from './failure.ts';
import { printTable, type Shown } from './table.ts';
import { paint, printLine } from './terminal.ts';
import { isRecord } from './values.ts';

export function printHostTest({ checks }: HostTest, shown: Shown): void {
  printTable(checks, shown);
  for (const { message, fix } of checks) {
    if (fix === null) continue;
    printLine(`\n${paint(message)}. Add on the host:`);
    for (const line of fix.trimEnd().split('\n')) printLine(`  ${paint(line)}`);
  }
}

/** @throws CommandFailure with the sentence of each check that failed */
export function assertTestPassed({ checks }: HostTest): void {
  const failed = checks.filter(({ state }) => state === 'failed').map(({ message }) => message);
  if (failed.length > 0) throw new CommandFailure(failed.join('; '));
}

export function isHostTest(value: unknown): value is HostTest {
  return isRecord(value) && Array.isArray(value.checks) && value.checks.every(isRecord);
}
