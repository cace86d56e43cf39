// Selects projects by search; there may be thousands.
import { MultiSelect } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { type ReactNode, useRef, useState } from 'react';
import { useApi } from '../api.ts';
import { messages } from '../messages.ts';

export interface ProjectSelectProps {
  readonly label: string;
  readonly description: string;
  readonly value: string[];
  readonly error?: ReactNode;
  onChange(ids: string[]): void;
}

export function ProjectSelect({ label, description, value, error, onChange }: ProjectSelectProps) {
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
  const unnamed = value.filter((id) => !names.current.has(id));
  const chosen = useQueries({ queries: unnamed.map((id) => api.projects.get.queryOptions({ id })) });
  for (const { data } of chosen) if (data !== undefined) names.current.set(data.id, data.domain ?? data.name);
  const listed = found.data?.projects.map(({ id }) => id) ?? [];
  const data = [...new Set([...listed, ...value])].map((id) => ({
    value: id,
    label: names.current.get(id) ?? id,
  }));
  return (
    <MultiSelect
      label={label}
      description={description}
      data={data}
      value={value}
      error={error}
      onChange={onChange}
      searchable
      searchValue={search}
      onSearchChange={setSearch}
      filter={({ options }) => options}
      nothingFoundMessage={messages.shell.palette.nothing}
      clearable
    />
  );
}
