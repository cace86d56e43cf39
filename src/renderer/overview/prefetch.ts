// Has the overview's answer before there is a component that could ask for it.
import type { QueryClient } from '@tanstack/react-query';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import type { Overview } from '../../shared/overview.ts';
import type { Api, AppRouter } from '../api.ts';

export interface FirstOverview {
  /** The answer, where it has come by now: the first picture shows it then. */
  readonly now: Overview | undefined;
  /** The answer that is under way (session/begin.ts), undefined if it does not come; null: nobody has asked. */
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
  // It was asked for before events are listened to: what has changed in between, none of them tells.
  if (first.soon !== null) void answered.then(() => queries.invalidateQueries({ queryKey }));
}
