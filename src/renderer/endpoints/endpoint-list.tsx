// The virtual list of endpoints: any number, with about thirty rows in the DOM at a time.
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, useCallback, useEffect, useRef } from 'react';
import { formatEndpoint } from '../../shared/endpoint-names.ts';
import type { Endpoint } from '../../shared/endpoint-record.ts';
import { formatDateTime, formatRelative } from '../format.ts';
import { messages } from '../messages.ts';
import listClasses from '../projects/projects.module.css';
import { Chip } from '../ui/chip.tsx';
import { useNow } from '../use-now.ts';
import classes from './endpoints.module.css';
import { ENDPOINT_FACES } from './faces.ts';

const text = messages.endpoints;
const ROW_HEIGHT = 52;
/** The next page is requested this many rows before the end of the loaded ones. */
const AHEAD = 100;

export interface EndpointListProps {
  readonly rows: readonly Endpoint[];
  /** The total, including rows that are not loaded. */
  readonly total: number;
  readonly hasMore: boolean;
  onEnd(): void;
}

export function EndpointList({ rows, total, hasMore, onEnd }: EndpointListProps) {
  const scroll = useRef<HTMLDivElement>(null);
  const now = Math.max(useNow(60_000), Date.now());
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
    <div className={listClasses.list}>
      <div ref={scroll} className={listClasses.scroll}>
        <table className={listClasses.table} aria-label={text.list} aria-rowcount={total + 1}>
          <thead className={listClasses.headGroup}>
            <tr aria-rowindex={1} className={`${classes.columns} ${listClasses.head}`}>
              <th scope="col">{text.columns.endpoint}</th>
              <th scope="col">{text.columns.state}</th>
              <th scope="col" className={classes.sentence}>
                {text.columns.finding}
              </th>
              <th scope="col" className={classes.expires}>
                {text.columns.expires}
              </th>
              <th scope="col" className={classes.checked}>
                {text.columns.checked}
              </th>
            </tr>
          </thead>
          <tbody className={listClasses.body} style={{ height: virtualizer.getTotalSize() }}>
            {items.map(({ index, start }) => {
              const endpoint = rows[index];
              return endpoint === undefined ? null : (
                <Row
                  key={endpoint.id}
                  endpoint={endpoint}
                  index={index}
                  top={start}
                  now={now}
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

interface RowProps {
  readonly endpoint: Endpoint;
  readonly index: number;
  readonly top: number;
  readonly now: number;
  onMove(event: KeyboardEvent, index: number): void;
}

const Row = memo(function Row({ endpoint, index, top, now, onMove }: RowProps) {
  const { id, protocol, state, sentence, expiresAt, checkedAt, projectIds, serverName, host } = endpoint;
  const second = [
    text.protocols[protocol],
    serverName !== null && serverName !== host ? serverName : null,
    projectIds.length === 0 ? text.monitored : null,
  ]
    .filter(Boolean)
    .join(' · ');
  return (
    <tr
      aria-rowindex={index + 2}
      className={`${listClasses.row} ${classes.columns}`}
      style={{ transform: `translateY(${top}px)` }}
    >
      <td className={listClasses.cell}>
        {/* A plain link, as in the project list: a router link in each row slows down scrolling. */}
        <a
          href={`#/endpoints/${id}`}
          className={listClasses.open}
          data-row={index}
          onKeyDown={(event) => onMove(event, index)}
        >
          {formatEndpoint(endpoint)}
        </a>
        <div className={listClasses.second}>{second}</div>
      </td>
      <td className={listClasses.state}>
        <Chip face={ENDPOINT_FACES[state]} />
      </td>
      <td
        className={`${listClasses.cell} ${listClasses.second} ${classes.sentence}`}
        title={sentence ?? undefined}
      >
        {sentence ?? (state === 'new' ? text.notYet : text.fine)}
      </td>
      <td className={`${listClasses.cell} ${classes.expires}`}>
        {expiresAt !== null && <Moment at={expiresAt} now={now} />}
      </td>
      <td className={`${listClasses.cell} ${classes.checked}`}>
        {checkedAt !== null && <Moment at={checkedAt} now={now} />}
      </td>
    </tr>
  );
});

function Moment({ at, now }: { readonly at: string; readonly now: number }) {
  return (
    <time dateTime={at} title={formatDateTime(at)}>
      {formatRelative(at, now)}
    </time>
  );
}

/** The row that a key moves to; null for other keys. */
function destination(key: string, at: number, count: number): number | null {
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: count - 1 }[key];
  return to === undefined || to < 0 || to >= count ? null : to;
}
