// Filters by any state, validation, CA and source, with the values in use.
import { Button, Indicator, Popover, Select, Stack } from '@mantine/core';
import { IconFilter } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../api.ts';
import { typeName } from '../certificates/type-name.ts';
import { changeSearch } from '../lists/search-params.ts';
import { projects as projectTexts } from '../messages/projects.ts';
import type { ListSearch } from './list-search.ts';
import { methodName } from './method-name.ts';
import { chooseState, chosenStates, STATES, stateName } from './state-filter.ts';

const text = projectTexts;

export interface MoreFiltersProps {
  readonly search: ListSearch;
  onChange(search: ListSearch): void;
}

export function MoreFilters({ search, onChange }: MoreFiltersProps) {
  const api = useApi();
  const facets = useQuery(api.projects.facets.queryOptions()).data;
  const providers = useQuery(api.system.dnsProviders.queryOptions()).data?.dnsProviders ?? [];
  const cas = useQuery(api.system.cas.queryOptions()).data?.cas;
  const [state] = chosenStates(search);
  const active = [search.provider, search.ca, search.type].filter((value) => value !== undefined).length;
  return (
    <Popover position="bottom-start" width={260} withArrow trapFocus>
      <Indicator disabled={active === 0} label={active} size={16} offset={4}>
        <Popover.Target>
          <Button variant="default" leftSection={<IconFilter size={16} aria-hidden />}>
            {text.moreFilters}
          </Button>
        </Popover.Target>
      </Indicator>
      <Popover.Dropdown>
        <Stack gap="sm">
          <Select
            label={text.status}
            placeholder={text.filter.any}
            clearable
            comboboxProps={{ withinPortal: false }}
            data={STATES.map((value) => ({ value, label: stateName(value) }))}
            value={state ?? null}
            onChange={(next) => onChange(chooseState(search, next ?? undefined))}
          />
          <FacetSelect
            label={text.filter.type}
            value={search.type}
            facets={facets?.types}
            nameOf={(id) => typeName(id, cas ?? [])}
            onChange={(type) => onChange(changeSearch(search, { type: type as ListSearch['type'] }))}
          />
          <FacetSelect
            label={text.filter.ca}
            value={search.ca}
            facets={facets?.cas}
            nameOf={(id) => cas?.find((ca) => ca.id === id)?.name ?? id}
            onChange={(ca) => onChange(changeSearch(search, { ca }))}
          />
          <FacetSelect
            label={text.filter.provider}
            value={search.provider}
            facets={facets?.providers}
            nameOf={(id) => methodName(id, providers)}
            onChange={(provider) => onChange(changeSearch(search, { provider }))}
          />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

interface FacetSelectProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly facets: readonly { readonly id: string; readonly count: number }[] | undefined;
  nameOf(id: string): string;
  onChange(value: string | undefined): void;
}

function FacetSelect({ label, value, facets = [], nameOf, onChange }: FacetSelectProps) {
  return (
    <Select
      label={label}
      placeholder={text.filter.any}
      clearable
      comboboxProps={{ withinPortal: false }}
      data={facets.map(({ id, count }) => ({ value: id, label: text.facet(nameOf(id), count) }))}
      value={value ?? null}
      onChange={(next) => onChange(next ?? undefined)}
    />
  );
}
