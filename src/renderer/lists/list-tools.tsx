// The tools at the end of a list's toolbar: saved filters, CSV export, and the density of rows.
import { ActionIcon, Button, Group, Popover, Tooltip } from '@mantine/core';
import { IconBaselineDensitySmall, IconBookmark, IconTableExport } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import type { FilteredList, SavedSearch } from '../../shared/saved-filter.ts';
import { type Api, useApiClient } from '../api.ts';
import { lists as listTexts } from '../messages/lists.ts';
import { notifyDone } from '../ui/notify.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';
import { saveText } from '../ui/save-file.ts';
import { setDensity, useDensity } from './density.ts';
import classes from './lists.module.css';

const text = listTexts;

const SavedFilters = lazy(async () => ({ default: (await import('./saved-filters.tsx')).SavedFilters }));

/** A list as CSV. */
export interface Exported {
  readonly csv: string;
  readonly rows: number;
}

export interface ListToolsProps<Search extends object> {
  readonly list: FilteredList;
  readonly search: Search;
  onSearch(search: Search): void;
  /** Parses a saved search. */
  readSearch(search: Record<string, unknown>): Search;
  /** Exports everything that matches the search, not only loaded rows. */
  exportCsv(api: Api, search: Search): Promise<Exported>;
}

export function ListTools<Search extends object>(props: ListToolsProps<Search>) {
  const { list, search, onSearch, readSearch, exportCsv } = props;
  return (
    <Group gap={4} className={classes.tools} wrap="nowrap">
      <SavedFiltersButton
        list={list}
        search={search as SavedSearch}
        onApply={(saved) => onSearch(readSearch(saved))}
      />
      <ExportButton list={list} search={search} exportCsv={exportCsv} />
      <DensityButton />
    </Group>
  );
}

interface SavedFiltersButtonProps {
  readonly list: FilteredList;
  readonly search: SavedSearch;
  onApply(search: SavedSearch): void;
}

function SavedFiltersButton({ list, search, onApply }: SavedFiltersButtonProps) {
  const [opened, setOpened] = useState(false);
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-end"
      width={300} // fits into a window of 320 pixels
      withArrow
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<IconBookmark size={16} aria-hidden />}
          onClick={() => setOpened(!opened)}
        >
          {text.saved.button}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={text.saved.title}>
        <Suspense>
          <SavedFilters
            list={list}
            search={search}
            onApply={(saved) => {
              setOpened(false);
              onApply(saved);
            }}
          />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}

function ExportButton<Search extends object>({
  list,
  search,
  exportCsv,
}: Pick<ListToolsProps<Search>, 'list' | 'search' | 'exportCsv'>) {
  const api = useApiClient();
  const run = useMutation({
    mutationFn: () => exportCsv(api, search),
    onError: notifyFailure,
    onSuccess({ csv, rows }) {
      saveText(csv, 'text/csv', `certdesk-${list}.csv`);
      notifyDone(text.exported(rows));
    },
  });
  return (
    <Tooltip label={text.exportCsv}>
      <ActionIcon
        variant="default"
        size={36}
        aria-label={text.exportCsv}
        loading={run.isPending}
        onClick={() => run.mutate()}
      >
        <IconTableExport size={18} stroke={1.75} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

function DensityButton() {
  const density = useDensity();
  const isCompact = density === 'compact';
  return (
    <Tooltip label={text.compact}>
      <ActionIcon
        className={classes.density}
        variant={isCompact ? 'light' : 'default'}
        size={36}
        aria-label={text.compact}
        aria-pressed={isCompact}
        onClick={() => setDensity(isCompact ? 'comfortable' : 'compact')}
      >
        <IconBaselineDensitySmall size={18} stroke={1.75} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
