// Search and filters above the endpoint list, with the number of matches of each.
import { CloseButton, Group, Select, TextInput, UnstyledButton } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { FindingCode } from '../../shared/endpoint.ts';
import { ENDPOINT_STATES } from '../../shared/endpoint-names.ts';
import type { EndpointPage } from '../../shared/endpoint-record.ts';
import { formatNumber } from '../format.ts';
import { messages } from '../messages.ts';
import listClasses from '../projects/projects.module.css';
import { changeSearch, type EndpointSearch } from './endpoint-search.ts';
import classes from './endpoints.module.css';

const text = messages.endpoints;

export interface EndpointFiltersProps {
  readonly search: EndpointSearch;
  /** The last loaded page; it has the counts. */
  readonly page: EndpointPage | undefined;
  onChange(search: EndpointSearch): void;
}

export function EndpointFilters({ search, page, onChange }: EndpointFiltersProps) {
  const total = page && Object.values(page.counts).reduce((sum, n) => sum + n, 0);
  return (
    <Group gap="sm" mb="sm">
      <SearchField
        q={search.q ?? ''}
        onChange={(q) => onChange(changeSearch(search, { q: q === '' ? undefined : q }))}
      />
      <Select
        className={classes.finding}
        size="sm"
        aria-label={text.finding}
        placeholder={text.anyFinding}
        clearable
        value={search.finding ?? null}
        onChange={(finding) =>
          onChange(changeSearch(search, { finding: (finding as FindingCode | null) ?? undefined }))
        }
        data={(page?.findings ?? []).map(({ code, count }) => ({
          value: code,
          label: text.withCount(text.codes[code], count),
        }))}
      />
      <Group gap={6} role="group" aria-label={text.state}>
        <Filter
          label={text.all}
          count={total}
          pressed={search.state === undefined}
          onClick={() => onChange(changeSearch(search, { state: undefined }))}
        />
        {ENDPOINT_STATES.map((state) => (
          <Filter
            key={state}
            label={text.states[state]}
            count={page?.counts[state]}
            pressed={search.state === state}
            onClick={() =>
              onChange(changeSearch(search, { state: search.state === state ? undefined : state }))
            }
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
    <UnstyledButton className={listClasses.filter} aria-pressed={pressed} onClick={onClick}>
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
