// The virtual list of projects.
import { VirtualList } from '../lists/virtual-list.tsx';
import { projects as projectTexts } from '../messages/projects.ts';
import { useNow } from '../use-now.ts';
import { ListHead } from './list-head.tsx';
import type { ListSearch } from './list-search.ts';
import { ProjectRow } from './project-row.tsx';
import classes from './projects.module.css';
import type { Selection } from './selection.ts';
import type { ProjectRowData } from './use-project-list.ts';

/** Rem. */
const HEIGHTS = { row: 3.25, compactRow: 2.25, card: 9.25 };

export interface ProjectListProps {
  readonly rows: readonly ProjectRowData[];
  /** The total, including rows that are not loaded. */
  readonly total: number;
  readonly selection: Selection;
  readonly search: ListSearch;
  readonly hasMore: boolean;
  onEnd(): void;
  onSearch(search: ListSearch): void;
}

export function ProjectList({ rows, total, selection, search, hasMore, onEnd, onSearch }: ProjectListProps) {
  // Rounds up to the full minute, so that a new certificate does not show one day more than its lifetime.
  const now = Math.ceil(Math.max(useNow(60_000), Date.now()) / 60_000) * 60_000;
  return (
    <VirtualList
      label={projectTexts.list}
      rows={rows}
      total={total}
      hasMore={hasMore}
      onEnd={onEnd}
      heights={HEIGHTS}
      columns={classes.columns}
      head={<ListHead total={total} selection={selection} search={search} onSearch={onSearch} />}
      renderRow={(project, place) => (
        <ProjectRow
          key={project.id}
          project={project}
          {...place}
          now={now}
          selected={selection.ids.has(project.id)}
          onSelect={selection.set}
        />
      )}
    />
  );
}
