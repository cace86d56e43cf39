// Search and filters above the list, with the number of matches of each.
import { Filter, FilterGroup, ListToolbar } from '../lists/filters.tsx';
import { ListTools } from '../lists/list-tools.tsx';
import { SearchField } from '../lists/search-field.tsx';
import { changeSearch } from '../lists/search-params.ts';
import { projects as projectTexts } from '../messages/projects.ts';
import { TagFilter } from '../tags/tag-filter.tsx';
import { useProjectTags } from '../tags/use-project-tags.ts';
import { STATUS_FACES } from '../ui/status-style.ts';
import { type ListSearch, readListSearch } from './list-search.ts';
import { MoreFilters } from './more-filters.tsx';
import { useStateCounts } from './use-project-list.ts';

const text = projectTexts;
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
  const tags = useProjectTags();
  const { status, failing, need } = search;
  const choose = (next: Pick<ListSearch, 'status' | 'failing' | 'need'>): void =>
    onChange(changeSearch(search, { status: undefined, failing: undefined, need: undefined, ...next }));
  return (
    <ListToolbar>
      <SearchField
        q={search.q ?? ''}
        label={text.search}
        onChange={(q) => onChange(changeSearch(search, { q: q === '' ? undefined : q }))}
      />
      <TagFilter
        tags={tags}
        value={search.tag ?? []}
        onChange={(tag) => onChange(changeSearch(search, { tag: tag.length === 0 ? undefined : tag }))}
      />
      <MoreFilters search={search} onChange={onChange} />
      <ListTools
        list="projects"
        search={search}
        onSearch={onChange}
        readSearch={readListSearch}
        exportCsv={async (api, of) => (await import('./projects-csv.ts')).exportProjects(api, of)}
      />
      <FilterGroup label={text.status}>
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
      </FilterGroup>
    </ListToolbar>
  );
}
