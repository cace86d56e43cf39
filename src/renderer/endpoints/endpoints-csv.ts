// The endpoint list as CSV. Loaded when the user exports it.
import type { Endpoint } from '../../shared/endpoint-record.ts';
import type { Api } from '../api.ts';
import { collectPages } from '../lists/collect-pages.ts';
import { type CsvColumn, toCsv } from '../lists/csv.ts';
import type { Exported } from '../lists/list-tools.tsx';
import type { EndpointSearch } from './endpoint-search.ts';

const PAGE = 500;

/** The titles are those of the REST API's fields. */
const COLUMNS: readonly CsvColumn<Endpoint>[] = [
  { title: 'id', value: ({ id }) => id },
  { title: 'host', value: ({ host }) => host },
  { title: 'port', value: ({ port }) => port },
  { title: 'protocol', value: ({ protocol }) => protocol },
  { title: 'serverName', value: ({ serverName }) => serverName },
  { title: 'state', value: ({ state }) => state },
  { title: 'sentence', value: ({ sentence }) => sentence },
  { title: 'expiresAt', value: ({ expiresAt }) => expiresAt },
  { title: 'checkedAt', value: ({ checkedAt }) => checkedAt },
  { title: 'projectIds', value: ({ projectIds }) => projectIds.join(' ') },
];

export async function exportEndpoints(api: Api, search: EndpointSearch): Promise<Exported> {
  const rows = await collectPages(async (cursor) => {
    const { endpoints, nextCursor } = await api.endpoints.list.query({
      ...search,
      limit: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    return { rows: endpoints, nextCursor };
  }, new AbortController().signal);
  return { csv: toCsv(COLUMNS, rows), rows: rows.length };
}
