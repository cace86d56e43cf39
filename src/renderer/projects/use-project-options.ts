// The options of a field that selects projects: the server searches, because there may be thousands.
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useApi } from '../api.ts';

export interface ProjectOptions {
  readonly data: { readonly value: string; readonly label: string }[];
  readonly search: string;
  setSearch(search: string): void;
}

/** @param selected The ids of the selected projects, which are always among the options. */
export function useProjectOptions(selected: readonly string[]): ProjectOptions {
  const api = useApi();
  const [search, setSearch] = useState('');
  const [q] = useDebouncedValue(search.trim(), 150);
  const found = useQuery({
    ...api.projects.list.queryOptions({ ...(q === '' ? {} : { q }), limit: 20, sort: 'domain' }),
    placeholderData: keepPreviousData,
  });
  // Remembers the names of all results, so that a selected project shows its name after the search has changed.
  const names = useRef(new Map<string, string>());
  for (const { id, domain, name } of found.data?.projects ?? []) names.current.set(id, domain ?? name);
  const unnamed = selected.filter((id) => !names.current.has(id));
  const chosen = useQueries({ queries: unnamed.map((id) => api.projects.get.queryOptions({ id })) });
  for (const { data } of chosen) if (data !== undefined) names.current.set(data.id, data.domain ?? data.name);
  const listed = found.data?.projects.map(({ id }) => id) ?? [];
  const data = [...new Set([...listed, ...selected])].map((id) => ({
    value: id,
    label: names.current.get(id) ?? id,
  }));
  return { data, search, setSearch };
}
