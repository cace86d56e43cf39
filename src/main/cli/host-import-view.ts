// Shows which hosts a file would add, and on standard error what it would not, and why.
import type { HostImportPreview } from '../../shared/host-import.ts';
import { printTable, type Shown } from './table.ts';
import { printNote } from './terminal.ts';
import { isRecord } from './values.ts';

export function printHostImport(
  { hosts, existing, refused, deployments }: HostImportPreview,
  shown: Shown,
): void {
  if (hosts.length === 0) printNote('No new hosts');
  else printTable(hosts, shown);
  for (const { name, notes } of hosts) for (const note of notes) printNote(`${name}: ${note}`);
  for (const { name, host } of existing) printNote(`${name} is saved already as ${host.name}`);
  for (const { line, name, reason } of refused)
    printNote(
      `Refused${line === null ? '' : `, line ${line}`}: ${name === null ? '' : `${name}: `}${reason}`,
    );
  for (const { name, tag } of deployments)
    printNote(`The deployment ${name} would install private keys on hosts with the tag ${tag}`);
}

export function isHostImport(value: unknown): value is HostImportPreview {
  return (
    isRecord(value) &&
    (['hosts', 'existing', 'refused', 'deployments'] as const).every((part) => Array.isArray(value[part]))
  );
}
