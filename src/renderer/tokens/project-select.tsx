// Selects projects by search; there may be thousands.
import { MultiSelect } from '@mantine/core';
import type { ReactNode } from 'react';
import { messages } from '../messages.ts';
import { useProjectOptions } from '../projects/use-project-options.ts';

export interface ProjectSelectProps {
  readonly label: string;
  readonly description: string;
  readonly value: string[];
  readonly error?: ReactNode;
  onChange(ids: string[]): void;
}

export function ProjectSelect({ label, description, value, error, onChange }: ProjectSelectProps) {
  const { data, search, setSearch } = useProjectOptions(value);
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
