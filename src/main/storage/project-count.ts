// Counts the projects that match a filter, by state, and lists filter values. A small result is read row by row. For a
// large one, each state is a range of an index, which SQLite counts without reading rows; the number of valid ones,
// usually the largest, is the total minus the other states.
import { type Kysely, sql } from 'kysely';
import type { ProjectFacets } from '../../shared/project.ts';
import type { ProjectFilter, ProjectStore } from '../engine/core/stores/projects.ts';
import {
  allOf,
  type Condition,
  fewOf,
  ofCertificate,
  ofIds,
  ofState,
  ofTags,
  ofWords,
  STATES,
} from './project-filter.ts';
import { countMentions, countRows, foundByTrigrams } from './project-search.ts';
import type { Schema } from './schema.ts';

type Count = (index: string, ...more: readonly Condition[]) => Promise<number>;
type Counted = Awaited<ReturnType<ProjectStore['count']>>;

const total = (condition: Condition) => sql<number>`total(${condition})`;

export async function countProjects(db: Kysely<Schema>, filter: ProjectFilter): Promise<Counted> {
  // Counting a large search result scans all words anyway, so a scan to find out that it is large would be wasted.
  // Reading all rows with a frequent tag is faster than one count per state.
  const search = (q: string) => foundByTrigrams(db, q);
  const few = await fewOf(filter, { search, isFrequent: async () => false });
  return few === null ? countMany(db, filter) : countFew(db, filter, few);
}

async function countFew(db: Kysely<Schema>, filter: ProjectFilter, few: Condition): Promise<Counted> {
  const { now, soon } = filter;
  const { rows } = await sql<Counted['counts'] & { matching: number }>`SELECT
    count(*) AS total,
    ${total(STATES.valid(now, soon))} AS valid,
    ${total(STATES.expiring_soon(now, soon))} AS expiring_soon,
    ${total(STATES.expired(now, soon))} AS expired,
    ${total(STATES.revoked(now, soon))} AS revoked,
    ${total(STATES.none(now, soon))} AS none,
    total(failures > 0) AS failing,
    ${total(allOf(ofState(filter)))} AS matching
    FROM listing WHERE ${allOf([few, ...ofCertificate(filter), ...ofWords(filter), ...ofTags(filter)])}`.execute(
    db,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('an aggregate has one row');
  const { matching, ...counts } = row;
  return { matching, counts };
}

async function countMany(db: Kysely<Schema>, filter: ProjectFilter): Promise<Counted> {
  const { now, soon, q = '' } = filter;
  const held = ofCertificate(filter);
  const where = [...held, ...ofWords(filter)];
  const count: Count = (index, ...more) =>
    countRows(db, sql`listing INDEXED BY ${sql.raw(index)} WHERE ${allOf([...more, ...where])}`);
  const revoked = sql<boolean>`revoked_at IS NOT NULL`;
  /** Counts the certificates in a range of times, minus the revoked ones. */
  const within = async (times: Condition): Promise<number> =>
    (await count('listing_by_expiry', times)) - (await count('listing_revoked', revoked, times));
  const counts = {
    total: held.length === 0 ? await countAll(db, q) : await count('listing_kinds'),
    expiring_soon: await within(sql`expires_at > ${now} AND expires_at <= ${soon}`),
    expired: await within(sql`expires_at <= ${now}`),
    revoked: await count('listing_revoked', revoked),
    none: held.length === 0 ? await count('listing_by_expiry', STATES.none(now, soon)) : 0,
    failing: await count('listing_failing', sql`failures > 0`),
  };
  const valid = counts.total - counts.expiring_soon - counts.expired - counts.revoked - counts.none;
  const states = { ...counts, valid };
  return { matching: await matchingOf(filter, states, count), counts: states };
}

async function matchingOf(
  { status, failing, now, soon }: ProjectFilter,
  counts: Counted['counts'],
  count: Count,
): Promise<number> {
  const ofStatus = status === undefined ? counts.total : counts[status];
  if (failing === undefined) return ofStatus;
  const failed = sql<boolean>`failures > 0`;
  const both =
    status === undefined ? counts.failing : await count('listing_failing', failed, STATES[status](now, soon));
  return failing ? both : ofStatus - both;
}

/** Without a condition, SQLite counts whole pages. */
function countAll(db: Kysely<Schema>, q: string): Promise<number> {
  return q === '' ? countRows(db, sql`listing`) : countMentions(db, q);
}

export async function listFacets(db: Kysely<Schema>, ids: readonly string[] | null): Promise<ProjectFacets> {
  const from =
    ids === null ? sql`listing INDEXED BY listing_kinds WHERE` : sql`listing WHERE ${ofIds(ids)} AND`;
  const { rows } = await sql<Kind>`SELECT type, ca, provider, count(*) AS count FROM ${from} type IS NOT NULL
    GROUP BY type, ca, provider`.execute(db);
  const by = (column: 'provider' | 'ca' | 'type') => {
    const sums = new Map<string, number>();
    for (const { [column]: id, count } of rows) if (id !== null) sums.set(id, (sums.get(id) ?? 0) + count);
    return [...sums].map(([id, count]) => ({ id, count })).toSorted((a, b) => b.count - a.count);
  };
  return { providers: by('provider'), cas: by('ca'), types: by('type'), tags: await countTags(db, ids) };
}

/** In alphabetical order, like the tags of a project. */
async function countTags(db: Kysely<Schema>, ids: readonly string[] | null): Promise<ProjectFacets['tags']> {
  const of = ids === null ? sql`` : sql`WHERE seq IN (SELECT seq FROM listing WHERE ${ofIds(ids)})`;
  const { rows } = await sql<ProjectFacets['tags'][number]>`SELECT tag AS id, count(*) AS count
    FROM project_tags ${of} GROUP BY tag ORDER BY tag`.execute(db);
  return rows;
}

interface Kind {
  readonly type: string;
  readonly ca: string | null;
  readonly provider: string | null;
  readonly count: number;
}
