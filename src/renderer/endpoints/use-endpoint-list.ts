// Loads the endpoint list page by page while scrolling, with the filters of the URL.
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useApi } from '../api.ts';
import type { EndpointSearch } from './endpoint-search.ts';

const PAGE = 250;

export function useEndpointList(search: EndpointSearch) {
  const api = useApi();
  const query = useInfiniteQuery(
    api.endpoints.list.infiniteQueryOptions(
      { limit: PAGE, ...search },
      { getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined, placeholderData: keepPreviousData },
    ),
  );
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.endpoints) ?? [], [query.data]);
  return { query, rows, last: query.data?.pages.at(-1) };
}
