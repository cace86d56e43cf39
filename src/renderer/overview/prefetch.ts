// Asks for the overview before there is a component that could.
import type { QueryClient } from '@tanstack/react-query';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import type { Api, AppRouter } from '../api.ts';

export function prefetchOverview(api: Api, queries: QueryClient): void {
  const options = createTRPCOptionsProxy<AppRouter>({ client: api, queryClient: queries });
  void queries.prefetchQuery(options.overview.get.queryOptions());
}
