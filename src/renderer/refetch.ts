// Making queries stale because of an event.
import type { QueryClient, QueryFilters } from '@tanstack/react-query';

/**
 * TanStack Query leaves a query's first fetch alone when it is made stale, though its answer may be older than the
 * event: such a query is asked again when that answer is there. Resolves when those that are shown have been answered.
 */
export async function refetch(queries: QueryClient, which: QueryFilters): Promise<void> {
  for (const query of queries.getQueryCache().findAll(which)) {
    if (query.state.data !== undefined || query.state.fetchStatus === 'idle') continue;
    const again = (): void => void queries.invalidateQueries({ queryKey: query.queryKey, exact: true });
    query.promise?.then(again, again);
  }
  await queries.invalidateQueries(which);
}
