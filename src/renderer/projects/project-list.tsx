// The virtual list of projects: any number, with about thirty rows in the DOM at a time.
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useCallback, useEffect, useRef } from 'react';
import { messages } from '../messages.ts';
import { useNow } from '../use-now.ts';
import { ListHead } from './list-head.tsx';
import type { ListSearch } from './list-search.ts';
import { ProjectRow } from './project-row.tsx';
import classes from './projects.module.css';
import type { Selection } from './selection.ts';
import type { ProjectRowData } from './use-project-list.ts';

const ROW_HEIGHT = 52;
/** The next page is requested this many rows before the end of the loaded ones. */
const AHEAD = 100;

export interface ProjectListProps {
  readonly rows: readonly ProjectRowData[];
  /** The total, including rows that are not loaded, so that the scroll bar has the right length. */
  readonly total: number;
  readonly selection: Selection;
  readonly search: ListSearch;
  readonly hasMore: boolean;
  onEnd(): void;
  onSearch(search: ListSearch): void;
}

export function ProjectList({ rows, total, selection, search, hasMore, onEnd, onSearch }: ProjectListProps) {
  const scroll = useRef<HTMLDivElement>(null);
  // Rounds up to the full minute, so that a new certificate does not show one day more than its lifetime.
  const now = Math.ceil(Math.max(useNow(60_000), Date.now()) / 60_000) * 60_000;
  const virtualizer = useVirtualizer({
    count: Math.max(total, rows.length),
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 6,
    scrollPaddingStart: 36, // the sticky head covers the first rows
  });
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && last >= rows.length - AHEAD) onEnd();
  }, [hasMore, last, rows.length, onEnd]);

  /** Arrow keys, Home and End move between rows. */
  const move = useCallback(
    (event: KeyboardEvent, at: number): void => {
      const to = destination(event.key, at, rows.length);
      if (to === null) return;
      event.preventDefault();
      virtualizer.scrollToIndex(to, { align: 'auto' });
      requestAnimationFrame(() => scroll.current?.querySelector<HTMLElement>(`[data-row="${to}"]`)?.focus());
    },
    [rows.length, virtualizer],
  );

  return (
    <div className={classes.list}>
      <div ref={scroll} className={classes.scroll}>
        <table className={classes.table} aria-label={messages.projects.list} aria-rowcount={total + 1}>
          <ListHead total={total} selection={selection} search={search} onSearch={onSearch} />
          <tbody className={classes.body} style={{ height: virtualizer.getTotalSize() }}>
            {items.map(({ index, start }) => {
              const project = rows[index];
              if (project === undefined) return <EmptyRow key={`empty-${index}`} top={start} />;
              return (
                <ProjectRow
                  key={project.id}
                  project={project}
                  index={index}
                  top={start}
                  now={now}
                  selected={selection.ids.has(project.id)}
                  onSelect={selection.set}
                  onMove={move}
                />
              );
            })}
          </tbody>
        </table>
      </div>
    </div>
  );
}

/** The placeholder of a row that is still loading. */
function EmptyRow({ top }: { readonly top: number }) {
  return (
    <tr
      aria-hidden
      className={`${classes.row} ${classes.columns} ${classes.coming}`}
      style={{ transform: `translateY(${top}px)` }}
    />
  );
}

function destination(key: string, at: number, count: number): number | null {
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: count - 1 }[key];
  return to === undefined || to < 0 || to >= count ? null : to;
}
