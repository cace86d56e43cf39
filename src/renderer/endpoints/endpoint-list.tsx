// The virtual list of endpoints.
import { memo } from 'react';
import { formatEndpoint } from '../../shared/endpoint-names.ts';
import type { Endpoint } from '../../shared/endpoint-record.ts';
import { formatDateTime, formatRelative } from '../format.ts';
import listClasses from '../lists/lists.module.css';
import { RowLink, type RowPlace, VirtualList } from '../lists/virtual-list.tsx';
import { endpoints as endpointTexts } from '../messages/endpoints.ts';
import { Chip } from '../ui/chip.tsx';
import { useNow } from '../use-now.ts';
import classes from './endpoints.module.css';
import { ENDPOINT_FACES } from './faces.ts';
import { withoutName } from './sentences.ts';

const text = endpointTexts;
/** Rem. */
const HEIGHTS = { row: 3.25, compactRow: 2.25, card: 7 };

export interface EndpointListProps {
  readonly rows: readonly Endpoint[];
  /** The total, including rows that are not loaded. */
  readonly total: number;
  readonly hasMore: boolean;
  onEnd(): void;
}

export function EndpointList({ rows, total, hasMore, onEnd }: EndpointListProps) {
  const now = Math.max(useNow(60_000), Date.now());
  return (
    <VirtualList
      label={text.list}
      rows={rows}
      total={total}
      hasMore={hasMore}
      onEnd={onEnd}
      heights={HEIGHTS}
      columns={classes.columns}
      head={<Head />}
      renderRow={(endpoint, place) => <Row key={endpoint.id} endpoint={endpoint} now={now} {...place} />}
    />
  );
}

function Head() {
  const { endpoint, state, finding, expires, checked } = text.columns;
  return (
    <tr aria-rowindex={1} className={`${classes.columns} ${listClasses.head}`}>
      <th scope="col">{endpoint}</th>
      <th scope="col">{state}</th>
      <th scope="col">{finding}</th>
      <th scope="col">{expires}</th>
      <th scope="col" className={classes.checked}>
        {checked}
      </th>
    </tr>
  );
}

interface RowProps extends RowPlace {
  readonly endpoint: Endpoint;
  readonly now: number;
}

const Row = memo(function Row({ endpoint, index, top, measure, now, onMove }: RowProps) {
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
      ref={measure}
      data-index={index}
      aria-rowindex={index + 2}
      className={`${listClasses.row} ${classes.columns}`}
      style={{ transform: `translateY(${top}px)` }}
    >
      <td className={listClasses.cell}>
        <RowLink href={`#/endpoints/${id}`} index={index} onMove={onMove}>
          {formatEndpoint(endpoint)}
        </RowLink>
        <div className={listClasses.second}>{second}</div>
      </td>
      <td className={listClasses.state}>
        <Chip face={ENDPOINT_FACES[state]} />
      </td>
      <td
        className={`${listClasses.cell} ${listClasses.second} ${classes.sentence}`}
        title={sentence ?? undefined}
      >
        {sentence === null
          ? state === 'new'
            ? text.notYet
            : text.fine
          : withoutName(sentence, formatEndpoint(endpoint))}
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
