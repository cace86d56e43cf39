// Loads the project list page by page while scrolling, with the order and filters of the URL.
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { ListedProject } from '../../shared/project.ts';
import { useApi } from '../api.ts';
import { type ListSearch, withoutState } from './list-search.ts';

export type ProjectRowData = ListedProject;

const PAGE = 250;

export function useProjectList(search: ListSearch) {
  const api = useApi();
  const query = useInfiniteQuery(
    api.projects.list.infiniteQueryOptions(
      { limit: PAGE, sort: 'domain', ...search },
      { getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined, placeholderData: keepPreviousData },
    ),
  );
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.projects) ?? [], [query.data]);
  return { query, rows, total: query.data?.pages.at(-1)?.total ?? 0 };
}

/** Counts by status under the current search and filters; a separate query, because it is refetched at each change. */
export function useStateCounts(search: ListSearch) {
  const api = useApi();
  return useQuery({
    ...api.projects.list.queryOptions({ ...withoutState(search), limit: 1 }),
    placeholderData: keepPreviousData,
    select: ({ counts }) => counts,
  }).data;
}
