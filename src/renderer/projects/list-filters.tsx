// Search and filters above the list, with the number of matches of each.
import { Filter, FilterGroup, ListToolbar } from '../lists/filters.tsx';
import { ListTools } from '../lists/list-tools.tsx';
import { SearchField } from '../lists/search-field.tsx';
import { changeSearch } from '../lists/search-params.ts';
import { projects as projectTexts } from '../messages/projects.ts';
import { TagFilter } from '../tags/tag-filter.tsx';
import { useProjectTags } from '../tags/use-project-tags.ts';
import { type ListSearch, readListSearch } from './list-search.ts';
import { MoreFilters } from './more-filters.tsx';
import { chooseState, chosenStates, MAIN_STATES, type State, stateName } from './state-filter.ts';
import { useStateCounts } from './use-project-list.ts';

const text = projectTexts;

export interface ListFiltersProps {
  readonly search: ListSearch;
  /** Number of projects that match the filters. */
  readonly total: number;
  onChange(search: ListSearch): void;
}

export function ListFilters({ search, total, onChange }: ListFiltersProps) {
  const counts = useStateCounts(search);
  const tags = useProjectTags();
  const chosen = chosenStates(search);
  const shown = [...MAIN_STATES, ...chosen.filter((state) => !MAIN_STATES.includes(state))];
  /** What needs something is only counted as the total of its own list. */
  const countOf = (state: State): number | undefined =>
    state === 'attention' || state === 'in_progress' || state === 'not_issued'
      ? chosen.includes(state)
        ? total
        : undefined
      : counts?.[state];
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
          pressed={chosen.length === 0}
          onClick={() => onChange(chooseState(search, undefined))}
        />
        {shown.map((state) => (
          <Filter
            key={state}
            label={stateName(state)}
            count={countOf(state)}
            pressed={chosen.includes(state)}
            onClick={() => onChange(chooseState(search, chosen.includes(state) ? undefined : state))}
          />
        ))}
      </FilterGroup>
    </ListToolbar>
  );
}
