// Lists renewals until a time, including overdue ones, and expiries of certificates that will not be renewed: the first
// ones, or counts per day. Each of the two has its own index, in order of time.
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { toTimestamp } from '../../shared/time.ts';
import { addDays, dayIn, startOfDay } from '../../shared/time-zone.ts';
import type { OverviewStore } from '../engine/core/stores/overview.ts';
import { ofIds } from './project-filter.ts';
import type { Schema } from './schema.ts';

interface Mark {
  readonly project_id: string;
  readonly name: string;
  readonly domain: string | null;
  readonly expires_at: string;
  readonly attempt_at: string | null;
}

const RENEWS = sql`attempt_at IS NOT NULL AND revoked_at IS NULL`;
const ENDS = sql`attempt_at IS NULL AND revoked_at IS NULL AND expires_at IS NOT NULL`;

export async function upcoming(
  db: Kysely<Schema>,
  { limit, ids, from, to, since = null }: Parameters<OverviewStore['upcoming']>[0],
): ReturnType<OverviewStore['upcoming']> {
  const renewals = sql`${source(ids, 'listing_by_attempt')} ${RENEWS} AND attempt_at > ${since ?? ''} AND attempt_at <= ${to}
    ORDER BY attempt_at, seq LIMIT ${limit}`;
  const ends = sql`${source(ids, 'listing_ends')} ${ENDS} AND expires_at > ${from} AND expires_at <= ${to}
    ORDER BY expires_at, seq LIMIT ${limit}`;
  // Reads names only for the entries to show.
  const { rows } = await sql<Mark>`SELECT project_id, name, domain, expires_at, attempt_at FROM (
      SELECT * FROM (SELECT seq, attempt_at AS at FROM ${renewals})
      UNION ALL SELECT * FROM (SELECT seq, expires_at AS at FROM ${ends})
      ORDER BY at, seq LIMIT ${limit}
    ) AS soonest JOIN listing USING (seq) ORDER BY at, seq`.execute(db);
  return rows.map((row) => ({
    projectId: row.project_id,
    domain: row.domain ?? row.name,
    kind: row.attempt_at === null ? 'expiry' : 'renewal',
    at: row.attempt_at === null ? row.expires_at : later(row.attempt_at, from),
    expiresAt: row.expires_at,
  }));
}

/** The start of each query; its condition follows. */
function source(ids: Query['ids'], index: string): RawBuilder<unknown> {
  return ids === null
    ? sql`listing INDEXED BY ${sql.raw(index)} WHERE`
    : sql`listing WHERE ${ofIds(ids)} AND`;
}

const later = (a: string, b: string): string => (a > b ? a : b);

type Days = Awaited<ReturnType<OverviewStore['upcomingDays']>>;
type Query = Parameters<OverviewStore['upcomingDays']>[0];

export async function upcomingDays(db: Kysely<Schema>, query: Query): Promise<Days> {
  return query.ids === null ? daysOfAll(db, query) : daysOfFew(db, query, query.ids);
}

async function daysOfFew(
  db: Kysely<Schema>,
  { from, to, timeZone }: Query,
  ids: readonly string[],
): Promise<Days> {
  const { rows } = await sql<Days[number]>`SELECT
      value ->> 'day' AS day,
      count(attempt_at) AS renewals,
      count(*) - count(attempt_at) AS expiries
    FROM listing JOIN json_each(${JSON.stringify(daysBetween(from, to, timeZone))})
      ON max(ifnull(attempt_at, expires_at), ${from}) > value ->> 'due'
        AND max(ifnull(attempt_at, expires_at), ${from}) <= value ->> 'until'
    WHERE ${ofIds(ids)} AND ((${RENEWS} AND attempt_at <= ${to})
      OR (${ENDS} AND expires_at > ${from} AND expires_at <= ${to}))
    GROUP BY day ORDER BY day`.execute(db);
  return rows;
}

/**
 * Counts a range of each index per day, which is faster than GROUP BY, which reads and sorts every row. Subtracts the
 * few revoked certificates, which are among the renewals.
 */
async function daysOfAll(db: Kysely<Schema>, { from, to, timeZone }: Query): Promise<Days> {
  const spans = daysBetween(from, to, timeZone);
  const { rows } = await sql<Days[number]>`SELECT
      value ->> 'day' AS day,
      (SELECT count(*) FROM listing INDEXED BY listing_by_attempt
        WHERE attempt_at > value ->> 'due' AND attempt_at <= value ->> 'until') AS renewals,
      (SELECT count(*) FROM listing INDEXED BY listing_ends
        WHERE ${ENDS} AND expires_at > value ->> 'from' AND expires_at <= value ->> 'until') AS expiries
    FROM json_each(${JSON.stringify(spans)})`.execute(db);
  const revoked = await sql<{ at: string }>`SELECT attempt_at AS at FROM listing INDEXED BY listing_revoked
    WHERE revoked_at IS NOT NULL AND attempt_at <= ${to}`.execute(db);
  const off = Map.groupBy(
    revoked.rows,
    ({ at }) => spans.find(({ due, until }) => at > due && at <= until)?.day,
  );
  return rows
    .map((row) => ({ ...row, renewals: row.renewals - (off.get(row.day)?.length ?? 0) }))
    .filter(({ renewals, expiries }) => renewals + expiries > 0);
}

interface DaySpan {
  readonly day: string;
  /** Renewals of the day are after this time; the first day includes overdue ones. */
  readonly due: string;
  /** Expiries of the day are after this time. */
  readonly from: string;
  /** Both are at or before this time. */
  readonly until: string;
}

/** @returns the days of the time zone from one time to another, inclusive. Times are whole seconds and sort as text. */
function daysBetween(from: string, to: string, timeZone: string): readonly DaySpan[] {
  const spans: DaySpan[] = [];
  const last = dayIn(timeZone, Date.parse(to));
  let before: Pick<DaySpan, 'due' | 'from'> = { due: '', from };
  for (let day = dayIn(timeZone, Date.parse(from)); day <= last; day = addDays(day, 1)) {
    const end = toTimestamp(new Date(startOfDay(timeZone, addDays(day, 1)) - 1000));
    spans.push({ day, ...before, until: end < to ? end : to });
    before = { due: end, from: end };
  }
  return spans;
}
