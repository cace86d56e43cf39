// A virtual list: any number of rows, with about thirty of them in the DOM. The page scrolls, not a box within it.
import { useMediaQuery } from '@mantine/hooks';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import {
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useRef,
  useState,
} from 'react';
import { useDensity } from './density.ts';
import classes from './lists.module.css';

/** The next page is requested this many rows before the end of the loaded ones. */
const AHEAD = 100;
/** Below this width rows are cards, as in lists.module.css. */
const CARDS = '(max-width: 52em)';

/** What a row needs for its place; stable, so that rows can be memoized. */
export interface RowPlace {
  readonly index: number;
  /** Distance from the top of the list (px). */
  readonly top: number;
  /** The ref of a card, which is as high as its content; rows have a fixed height. */
  readonly measure: ((card: HTMLElement | null) => void) | undefined;
  onMove(event: KeyboardEvent, index: number): void;
}

export interface VirtualListProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  /** The total, including rows that are not loaded, so that the scroll bar has the right length. */
  readonly total: number;
  readonly hasMore: boolean;
  /** Height of a row, and about that of a card on a narrow screen (rem). */
  readonly heights?: { readonly row: number; readonly compactRow: number; readonly card: number };
  /** The class of the columns, for rows that are still loading. */
  readonly columns: string | undefined;
  /** The `tr` of the head. */
  readonly head: ReactNode;
  onEnd(): void;
  renderRow(row: Row, place: RowPlace): ReactNode;
}

export function VirtualList<Row extends { readonly id: string }>(props: VirtualListProps<Row>) {
  const { label, rows, total, hasMore, columns, head, onEnd, renderRow } = props;
  const { row, compactRow, card } = props.heights ?? { row: 3.25, compactRow: 2.25, card: 8 };
  const density = useDensity();
  const isCards = useMediaQuery(CARDS, false, { getInitialValueInEffect: false });
  const rem = isCards ? card : density === 'compact' ? compactRow : row;
  const height = rem * rootFontSize();
  const list = useRef<HTMLTableSectionElement>(null);
  const scrollMargin = useTop(list);
  // A card keeps its height when it moves.
  const getItemKey = useCallback((index: number) => rows[index]?.id ?? index, [rows]);
  const virtualizer = useWindowVirtualizer({
    count: Math.max(total, rows.length),
    estimateSize: () => height,
    getItemKey,
    overscan: 8,
    scrollMargin,
    scrollPaddingStart: 96, // the sticky head covers the first rows
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the virtualizer keeps sizes until it is told.
  useEffect(() => virtualizer.measure(), [height, virtualizer]);
  const items = virtualizer.getVirtualItems();
  const measure = isCards ? virtualizer.measureElement : undefined;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && last >= rows.length - AHEAD) onEnd();
  }, [hasMore, last, rows.length, onEnd]);

  /** Arrow keys, Home and End move between rows. */
  const onMove = useCallback(
    (event: KeyboardEvent, at: number): void => {
      const to = destination(event.key, at, rows.length);
      if (to === null) return;
      event.preventDefault();
      virtualizer.scrollToIndex(to, { align: 'auto' });
      requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(`[data-row="${to}"]`)?.focus());
    },
    [rows.length, virtualizer],
  );

  return (
    <div className={classes.list}>
      <table
        className={classes.table}
        style={{ '--row-height': `${rem}rem` } as CSSProperties}
        aria-label={label}
        aria-rowcount={total + 1}
      >
        <thead className={classes.headGroup}>{head}</thead>
        <tbody ref={list} className={classes.body} style={{ height: virtualizer.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const item = rows[index];
            const top = start - scrollMargin;
            if (item !== undefined) return renderRow(item, { index, top, measure, onMove });
            return (
              <tr
                key={`coming-${index}`}
                aria-hidden
                className={`${classes.row} ${columns} ${classes.coming}`}
                style={{ transform: `translateY(${top}px)` }}
              />
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

export interface RowLinkProps extends Pick<RowPlace, 'index' | 'onMove'> {
  /** The hash of a page. */
  readonly href: string;
  readonly children: ReactNode;
}

/** The link that the whole row opens. A plain one: a router link in each row slows down scrolling. */
export function RowLink({ href, index, onMove, children }: RowLinkProps) {
  return (
    <a href={href} className={classes.open} data-row={index} onKeyDown={(event) => onMove(event, index)}>
      {children}
    </a>
  );
}

/** The list's distance from the top of the page (px). It changes when something above wraps, appears or goes. */
function useTop(element: { readonly current: HTMLElement | null }): number {
  const [top, setTop] = useState(0);
  useEffect(() => {
    const measure = (): void => {
      if (element.current !== null) setTop(Math.round(element.current.getBoundingClientRect().top + scrollY));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [element]);
  return top;
}

function rootFontSize(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}

/** The row that a key moves to; null for other keys. */
function destination(key: string, at: number, count: number): number | null {
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: count - 1 }[key];
  return to === undefined || to < 0 || to >= count ? null : to;
}
