// The head of the list: "select all" and the sortable columns.
import { UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import listClasses from '../lists/lists.module.css';
import { changeSearch } from '../lists/search-params.ts';
import { projects as projectTexts } from '../messages/projects.ts';
import { Check } from '../ui/check.tsx';
import type { ListSearch, ListSort } from './list-search.ts';
import classes from './projects.module.css';
import type { Selection } from './selection.ts';

const text = projectTexts;

export interface ListHeadProps {
  /** Number of projects that match the filter, on all pages. */
  readonly total: number;
  readonly selection: Selection;
  readonly search: ListSearch;
  onSearch(search: ListSearch): void;
}

export function ListHead({ total, selection, search, onSearch }: ListHeadProps) {
  const chosen = selection.ids.size;
  const sorted = { search, onSearch };
  return (
    <tr aria-rowindex={1} className={`${classes.columns} ${listClasses.head}`}>
      <th scope="col">
        <Check
          checked={chosen > 0 && chosen >= total}
          indeterminate={selection.isCollecting || (chosen > 0 && chosen < total)}
          onChange={(checked) => (checked ? selection.selectMatching() : selection.clear())}
          label={text.selectAll(total)}
        />
      </th>
      <SortHead sort="domain" {...sorted}>
        {text.columns.project}
      </SortHead>
      <th scope="col">{text.columns.state}</th>
      <th scope="col" className={classes.deployed}>
        {text.columns.deployed}
      </th>
      <SortHead sort="expiry" {...sorted}>
        {text.columns.expires}
      </SortHead>
      <SortHead sort="next_renewal" {...sorted}>
        {text.columns.next}
      </SortHead>
      <th scope="col" className={classes.issuer}>
        {text.columns.issuer}
      </th>
    </tr>
  );
}

interface SortHeadProps {
  readonly sort: ListSort;
  readonly children: ReactNode;
  readonly search: ListSearch;
  onSearch(search: ListSearch): void;
}

function SortHead({ sort, children, search, onSearch }: SortHeadProps) {
  const active = (search.sort ?? 'domain') === sort;
  const descending = search.order === 'desc';
  const choose = (): void =>
    onSearch(changeSearch(search, { sort, order: active && !descending ? 'desc' : undefined }));
  return (
    <th scope="col" aria-sort={active ? (descending ? 'descending' : 'ascending') : 'none'}>
      <UnstyledButton className={listClasses.sort} onClick={choose} data-active={active || undefined}>
        {children}
        {active &&
          (descending ? <IconArrowDown size={14} aria-hidden /> : <IconArrowUp size={14} aria-hidden />)}
      </UnstyledButton>
    </th>
  );
}
