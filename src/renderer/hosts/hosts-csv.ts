// The list of hosts as CSV. Loaded when the user exports it.
import type { Host } from '../../shared/host.ts';
import { type CsvColumn, toCsv } from '../lists/csv.ts';
import type { Exported } from '../lists/list-tools.tsx';

/** The titles are those of the REST API's fields. */
const COLUMNS: readonly CsvColumn<Host>[] = [
  { title: 'id', value: ({ id }) => id },
  { title: 'name', value: ({ name }) => name },
  { title: 'transport', value: ({ transport }) => transport },
  { title: 'address', value: ({ address }) => address },
  { title: 'port', value: ({ transport, port }) => (transport === 'local' ? null : port) },
  { title: 'user', value: ({ user }) => user },
  { title: 'become', value: ({ become }) => become },
  { title: 'tags', value: ({ tags }) => tags.join(' ') },
  { title: 'deployments', value: ({ deployments }) => deployments },
  { title: 'lastContactAt', value: ({ lastContactAt }) => lastContactAt },
  { title: 'lastError', value: ({ lastError }) => lastError },
];

export function hostsToCsv(hosts: readonly Host[]): Exported {
  return { csv: toCsv(COLUMNS, hosts), rows: hosts.length };
}
