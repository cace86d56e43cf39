// Search and filters above the endpoint list, with the number of matches of each.
import { Select } from '@mantine/core';
import type { FindingCode } from '../../shared/endpoint.ts';
import { ENDPOINT_STATES } from '../../shared/endpoint-names.ts';
import type { EndpointPage } from '../../shared/endpoint-record.ts';
import { Filter, FilterGroup, ListToolbar } from '../lists/filters.tsx';
import { ListTools } from '../lists/list-tools.tsx';
import { SearchField } from '../lists/search-field.tsx';
import { changeSearch } from '../lists/search-params.ts';
import { endpoints as endpointTexts } from '../messages/endpoints.ts';
import { type EndpointSearch, readEndpointSearch } from './endpoint-search.ts';
import classes from './endpoints.module.css';

const text = endpointTexts;

export interface EndpointFiltersProps {
  readonly search: EndpointSearch;
  /** The last loaded page; it has the counts. */
  readonly page: EndpointPage | undefined;
  onChange(search: EndpointSearch): void;
}

export function EndpointFilters({ search, page, onChange }: EndpointFiltersProps) {
  const total = page && Object.values(page.counts).reduce((sum, n) => sum + n, 0);
  return (
    <ListToolbar>
      <SearchField
        q={search.q ?? ''}
        label={text.search}
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
      <ListTools
        list="endpoints"
        search={search}
        onSearch={onChange}
        readSearch={readEndpointSearch}
        exportCsv={async (api, of) => (await import('./endpoints-csv.ts')).exportEndpoints(api, of)}
      />
      <FilterGroup label={text.state}>
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
      </FilterGroup>
    </ListToolbar>
  );
}
