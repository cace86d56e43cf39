// The filters of the audit log.
import { Group, Select, TextInput } from '@mantine/core';
import { toTimestamp } from '../../shared/time.ts';
import { addDays, dayIn, startOfDay } from '../../shared/time-zone.ts';
import { activity as activityTexts } from '../messages/activity.ts';
import { useTimeZone } from '../use-time-zone.ts';
import type { ActivityFilter } from './activity-search.ts';

const { filters } = activityTexts;

/** Two of them fit into a row of 400 pixels. */
const FIELD = { flex: '1 1 9rem', maw: { base: '100%', sm: 200 } } as const;

interface FiltersProps {
  readonly filter: ActivityFilter;
  onChange(filter: ActivityFilter): void;
}

export function Filters({ filter, onChange }: FiltersProps) {
  const zone = useTimeZone();
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
    ...FIELD,
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
        {...FIELD}
        type="date"
        label={filters.from}
        value={filter.from === undefined ? '' : dayOf(filter.from, 0, zone)}
        onChange={(event) => set('from', startOf(event.currentTarget.value, 0, zone))}
      />
      <TextInput
        {...FIELD}
        type="date"
        label={filters.to}
        value={filter.to === undefined ? '' : dayOf(filter.to, -1, zone)}
        onChange={(event) => set('to', startOf(event.currentTarget.value, 1, zone))}
      />
    </Group>
  );
}

/** Returns the start of a day in the time zone, or of the day `days` later; empty for an empty field. */
function startOf(day: string, days: number, zone: string): string {
  return day === '' ? '' : toTimestamp(new Date(startOfDay(zone, addDays(day, days))));
}

function dayOf(at: string, days: number, zone: string): string {
  return addDays(dayIn(zone, Date.parse(at)), days);
}
