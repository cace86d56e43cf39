// Marks queries as stale and refetches them after an event.
import type { QueryClient, QueryFilters } from '@tanstack/react-query';

/**
 * Invalidates the queries that match the filter. TanStack Query does not restart a query's first fetch on invalidation,
 * although its answer may be older than the event; such a query is refetched once that answer has arrived. Resolves
 * when the active queries have been refetched.
 */
export async function refetch(queries: QueryClient, which: QueryFilters): Promise<void> {
  for (const query of queries.getQueryCache().findAll(which)) {
    if (query.state.data !== undefined || query.state.fetchStatus === 'idle') continue;
    const again = (): void => void queries.invalidateQueries({ queryKey: query.queryKey, exact: true });
    query.promise?.then(again, again);
  }
  await queries.invalidateQueries(which);
}
