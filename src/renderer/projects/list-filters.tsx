// Search and filters above the list, with the number of matches of each.
import { CloseButton, Group, TextInput, UnstyledButton } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { formatNumber } from '../format.ts';
import { messages } from '../messages.ts';
import { STATUS_FACES } from '../ui/status-style.ts';
import { changed, type ListSearch } from './list-search.ts';
import { MoreFilters } from './more-filters.tsx';
import classes from './projects.module.css';
import { useStateCounts } from './use-project-list.ts';

const text = messages.projects;
const NEEDS = ['attention', 'in_progress', 'not_issued'] as const;
const STATES = ['valid', 'expiring_soon', 'expired', 'revoked', 'none'] as const;

export interface ListFiltersProps {
  readonly search: ListSearch;
  /** Number of projects that match the filters. */
  readonly total: number;
  onChange(search: ListSearch): void;
}

export function ListFilters({ search, total, onChange }: ListFiltersProps) {
  const counts = useStateCounts(search);
  const { status, failing, need } = search;
  const choose = (next: Pick<ListSearch, 'status' | 'failing' | 'need'>): void =>
    onChange(changed(search, { status: undefined, failing: undefined, need: undefined, ...next }));
  return (
    <Group gap="sm" mb="sm">
      <SearchField
        q={search.q ?? ''}
        onChange={(q) => onChange(changed(search, { q: q === '' ? undefined : q }))}
      />
      <MoreFilters search={search} onChange={onChange} />
      <Group gap={6} role="group" aria-label={text.status}>
        <Filter
          label={text.all}
          count={counts?.total}
          pressed={status === undefined && failing === undefined && need === undefined}
          onClick={() => choose({})}
        />
        {NEEDS.map((each) => (
          <Filter
            key={each}
            label={text.needs[each]}
            count={need === each ? total : undefined}
            pressed={need === each}
            onClick={() => choose(need === each ? {} : { need: each })}
          />
        ))}
        <Filter
          label={STATUS_FACES.failing.label}
          count={counts?.failing}
          pressed={failing === true}
          onClick={() => choose(failing === true ? {} : { failing: true })}
        />
        {STATES.map((state) => (
          <Filter
            key={state}
            label={STATUS_FACES[state].label}
            count={counts?.[state]}
            pressed={status === state}
            onClick={() => choose(status === state ? {} : { status: state })}
          />
        ))}
      </Group>
    </Group>
  );
}

interface FilterProps {
  readonly label: string;
  readonly count: number | undefined;
  readonly pressed: boolean;
  onClick(): void;
}

function Filter({ label, count, pressed, onClick }: FilterProps) {
  return (
    <UnstyledButton className={classes.filter} aria-pressed={pressed} onClick={onClick}>
      {label}
      {count !== undefined && <small className="numbers">{formatNumber(count)}</small>}
    </UnstyledButton>
  );
}

function SearchField({ q, onChange }: { readonly q: string; onChange(q: string): void }) {
  const [value, setValue] = useState(q);
  const send = useDebouncedCallback(onChange, 150);
  // Follows changes of the URL from elsewhere, such as Back or a link.
  useEffect(() => setValue(q), [q]);
  const change = (next: string): void => {
    setValue(next);
    send(next.trim());
  };
  return (
    <TextInput
      w={240}
      size="sm"
      value={value}
      onChange={(event) => change(event.currentTarget.value)}
      placeholder={text.search}
      aria-label={text.search}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        value === '' ? null : <CloseButton size="sm" aria-label={messages.clear} onClick={() => change('')} />
      }
    />
  );
}
