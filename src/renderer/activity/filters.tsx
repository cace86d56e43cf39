// The filters of the audit log.
import { Group, Select, TextInput } from '@mantine/core';
import { toTimestamp } from '../../shared/time.ts';
import { messages } from '../messages.ts';
import type { ActivityFilter } from './activity-search.ts';

const { filters } = messages.activity;
const DAY_MS = 86_400_000;

interface FiltersProps {
  readonly filter: ActivityFilter;
  onChange(filter: ActivityFilter): void;
}

export function Filters({ filter, onChange }: FiltersProps) {
  const set = (field: keyof ActivityFilter, value: string): void => {
    const { [field]: _, ...others } = filter;
    onChange(value === '' ? others : { ...others, [field]: value });
  };
  const select = (
    field: 'actor' | 'operation' | 'result',
    all: string,
    choices: Readonly<Record<string, string>>,
  ) => ({
    data: [{ value: '', label: all }, ...Object.entries(choices).map(([value, label]) => ({ value, label }))],
    value: filter[field] ?? '',
    allowDeselect: false,
    w: 180,
    onChange: (value: string | null) => set(field, value ?? ''),
  });
  return (
    <Group gap="sm" mb="md" role="group" aria-label={filters.label}>
      <Select label={filters.who} {...select('actor', filters.anyone, filters.kinds)} />
      <Select label={filters.what} {...select('operation', filters.allCategories, filters.operations)} />
      <Select
        label={filters.result}
        {...select('result', filters.any, { ok: filters.ok, failed: filters.failed })}
      />
      <TextInput
        type="date"
        label={filters.from}
        value={filter.from === undefined ? '' : dayOf(filter.from, 0)}
        onChange={(event) => set('from', startOf(event.currentTarget.value, 0))}
      />
      <TextInput
        type="date"
        label={filters.to}
        value={filter.to === undefined ? '' : dayOf(filter.to, -1)}
        onChange={(event) => set('to', startOf(event.currentTarget.value, 1))}
      />
    </Group>
  );
}

/** Returns the start of a day in the browser's time zone, or of the day `days` later; empty for an empty field. */
function startOf(day: string, days: number): string {
  if (day === '') return '';
  return toTimestamp(new Date(new Date(`${day}T00:00:00`).getTime() + days * DAY_MS));
}

function dayOf(at: string, days: number): string {
  const date = new Date(Date.parse(at) + days * DAY_MS);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
