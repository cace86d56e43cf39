// "Select all" means all projects that match the filter, not only the loaded rows.
import type { ListedProject } from '../../shared/project.ts';
import type { Api } from '../api.ts';
import { collectPages } from '../lists/collect-pages.ts';
import type { ListSearch } from './list-search.ts';

const PAGE = 500;

/**
 * Fetches all projects that match the filters, page by page. Rejects with the signal's reason or the server's error.
 */
export async function collectMatching(
  api: Api,
  search: ListSearch,
  signal: AbortSignal,
): Promise<readonly ListedProject[]> {
  return collectPages(async (cursor) => {
    const input = { sort: 'domain' as const, ...search, limit: PAGE };
    const page = await api.projects.list.query(cursor === undefined ? input : { ...input, cursor }, {
      signal,
    });
    return { rows: page.projects, nextCursor: page.nextCursor };
  }, signal);
}
