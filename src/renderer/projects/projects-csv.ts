// The project list as CSV. Loaded when the user exports it.
import type { ListedProject } from '../../shared/project.ts';
import type { Api } from '../api.ts';
import { type CsvColumn, toCsv } from '../lists/csv.ts';
import type { Exported } from '../lists/list-tools.tsx';
import type { ListSearch } from './list-search.ts';
import { collectMatching } from './select-all.ts';

/** The titles are those of the REST API's fields, so that scripts do not depend on a translation. */
const COLUMNS: readonly CsvColumn<ListedProject>[] = [
  { title: 'id', value: ({ id }) => id },
  { title: 'name', value: ({ name }) => name },
  { title: 'domain', value: ({ domain }) => domain },
  { title: 'altNames', value: ({ altNames }) => altNames.join(' ') },
  { title: 'tags', value: ({ tags }) => tags.join(' ') },
  { title: 'status', value: ({ certificate }) => certificate?.status ?? 'none' },
  { title: 'type', value: ({ certificate }) => certificate?.type },
  { title: 'issuer', value: ({ certificate }) => certificate?.issuer },
  { title: 'issuedAt', value: ({ certificate }) => certificate?.issuedAt },
  { title: 'expiresAt', value: ({ certificate }) => certificate?.expiresAt },
  { title: 'autoRenew', value: ({ certificate }) => certificate?.autoRenew },
  { title: 'nextAttemptAt', value: ({ renewal }) => renewal?.nextAttemptAt },
  { title: 'failures', value: ({ renewal }) => renewal?.failures },
  {
    title: 'lastError',
    value: ({ renewal, obtainFailure }) => renewal?.lastError ?? obtainFailure?.error,
  },
  { title: 'provider', value: ({ renewal }) => renewal?.provider },
  { title: 'ca', value: ({ renewal }) => renewal?.ca },
  { title: 'deployed', value: ({ deployed }) => deployed?.state },
  { title: 'served', value: ({ served }) => served?.state },
  { title: 'createdAt', value: ({ createdAt }) => createdAt },
];

export async function exportProjects(api: Api, search: ListSearch): Promise<Exported> {
  const projects = await collectMatching(api, search, new AbortController().signal);
  return { csv: toCsv(COLUMNS, projects), rows: projects.length };
}
