// Fetches the overview before the component that shows it is loaded.
import type { QueryClient } from '@tanstack/react-query';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import type { Overview } from '../../shared/overview.ts';
import type { Api, AppRouter } from '../api.ts';

export interface FirstOverview {
  /** The answer, if it has arrived before the first render. */
  readonly now: Overview | undefined;
  /** The pending answer (session/begin.ts); undefined if it fails, null if nothing was requested. */
  readonly soon: Promise<Overview | undefined> | null;
}

export function prefetchOverview(api: Api, queries: QueryClient, first: FirstOverview): void {
  const { overview } = createTRPCOptionsProxy<AppRouter>({ client: api, queryClient: queries });
  const { queryKey } = overview.get.queryOptions();
  if (first.now !== undefined) {
    queries.setQueryData(queryKey, first.now);
    return;
  }
  const queryFn = async () => (await first.soon) ?? (await api.overview.get.query());
  const answered = queries.prefetchQuery({ queryKey, queryFn });
  // The request predates the event subscription, so changes in between have no event.
  if (first.soon !== null) void answered.then(() => queries.invalidateQueries({ queryKey }));
}
