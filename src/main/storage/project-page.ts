// Keyset pagination of projects in any order: a page begins after the values of the last row of the previous page.
// Every page costs the same, and added or removed projects do not shift it.

import { type Kysely, type RawBuilder, sql } from 'kysely';
import { invalid } from '../engine/core/invalid.ts';
import type { ProjectQuery } from '../engine/core/stores/projects.ts';
import { allOf, type Condition, fewOf, ofCertificate, ofState, ofTags, ofWords } from './project-filter.ts';
import { candidatesOf, isFrequent } from './project-search.ts';
import type { Schema } from './schema.ts';

type Sort = NonNullable<ProjectQuery['sort']>;

/** The sort column and its index; null values come last. `created` breaks ties. */
const KEYS: Readonly<
  Record<Sort, { readonly key: RawBuilder<string | null>; readonly index: RawBuilder<unknown> } | null>
> = {
  created: null,
  name: { key: sql`name`, index: sql`listing_by_name` },
  domain: { key: sql`domain`, index: sql`listing_by_domain` },
  expiry: { key: sql`expires_at`, index: sql`listing_by_expiry` },
  next_renewal: { key: sql`attempt_at`, index: sql`listing_by_attempt` },
};

interface Row {
  readonly seq: number;
  readonly key: string | null;
}

/** @returns the `seq` of the projects @throws INVALID_REQUEST if the cursor is invalid or belongs to another order */
export async function pageOf(
  db: Kysely<Schema>,
  query: ProjectQuery,
): Promise<{ readonly seqs: readonly number[]; readonly nextCursor: string | null }> {
  const { sort = 'created', order = 'asc', limit } = query;
  const after = query.cursor === undefined ? null : readCursor(query.cursor, { sort, order });
  const search = (q: string) => candidatesOf(db, q);
  const few = await fewOf(query, { search, isFrequent: (tag) => isFrequent(db, tag) });
  const where = [...ofCertificate(query), ...ofState(query), ...ofWords(query), ...ofTags(query)];
  const wanted = { sort, order, limit: limit + 1, after };
  const rows = few === null ? await walk(db, where, wanted) : await sorted(db, [few, ...where], wanted);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { seqs: page.map(({ seq }) => seq), nextCursor: more ? toCursor(last, { sort, order }) : null };
}

interface Wanted {
  readonly sort: Sort;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  /** The last row of the previous page. */
  readonly after: Row | null;
}

/** Scans the index of this order: first rows with a value, then rows without one. */
async function walk(
  db: Kysely<Schema>,
  where: readonly Condition[],
  { sort, order, limit, after }: Wanted,
): Promise<readonly Row[]> {
  const by = KEYS[sort];
  const [past, direction] = order === 'asc' ? [sql`>`, sql`ASC`] : [sql`<`, sql`DESC`];
  const beyond = after === null ? [] : [sql<boolean>`seq ${past} ${after.seq}`];
  if (by === null) {
    const { rows } = await sql<Row>`SELECT seq, NULL AS key FROM listing NOT INDEXED
      WHERE ${allOf([...beyond, ...where])} ORDER BY seq ${direction} LIMIT ${limit}`.execute(db);
    return rows;
  }
  const { key, index } = by;
  const valued: Row[] = [];
  if (after === null || after.key !== null) {
    const beyondKey =
      after === null ? [] : [sql<boolean>`(${key}, seq) ${past} (${after.key}, ${after.seq})`];
    const { rows } = await sql<Row>`SELECT seq, ${key} AS key FROM listing INDEXED BY ${index}
      WHERE ${allOf([sql`${key} IS NOT NULL`, ...beyondKey, ...where])}
      ORDER BY ${key} ${direction}, seq ${direction} LIMIT ${limit}`.execute(db);
    valued.push(...rows);
    if (valued.length === limit) return valued;
  }
  if (sort === 'name') return valued; // each has one
  const beyondSeq = after?.key === null ? beyond : [];
  const { rows } = await sql<Row>`SELECT seq, NULL AS key FROM listing INDEXED BY ${index}
    WHERE ${allOf([sql`${key} IS NULL`, ...beyondSeq, ...where])}
    ORDER BY seq ${direction} LIMIT ${limit - valued.length}`.execute(db);
  return [...valued, ...rows];
}

async function sorted(
  db: Kysely<Schema>,
  where: readonly Condition[],
  { sort, order, limit, after }: Wanted,
): Promise<readonly Row[]> {
  const key = KEYS[sort]?.key ?? sql<null>`NULL`;
  const [past, direction] = order === 'asc' ? [sql`>`, sql`ASC`] : [sql`<`, sql`DESC`];
  const beyond = after === null ? [] : [beyondOf(after, key, past)];
  const { rows } = await sql<Row>`SELECT seq, ${key} AS key FROM listing WHERE ${allOf([...where, ...beyond])}
    ORDER BY ${key} IS NULL, ${key} ${direction}, seq ${direction} LIMIT ${limit}`.execute(db);
  return rows;
}

function beyondOf({ seq, key: value }: Row, key: RawBuilder<string | null>, past: RawBuilder<unknown>) {
  if (value === null) return sql<boolean>`(${key} IS NULL AND seq ${past} ${seq})`;
  return sql<boolean>`(${key} ${past} ${value} OR (${key} = ${value} AND seq ${past} ${seq}) OR ${key} IS NULL)`;
}

type Order = Pick<Wanted, 'sort' | 'order'>;

function toCursor({ seq, key }: Row, { sort, order }: Order): string {
  return Buffer.from(JSON.stringify([sort, order, key, seq])).toString('base64url');
}

function readCursor(cursor: string, wanted: Order): Row {
  const read = parse(Buffer.from(cursor, 'base64url').toString());
  if (Array.isArray(read) && read.length === 4) {
    const [sort, order, key, seq] = read;
    const fits = sort === wanted.sort && order === wanted.order;
    if (fits && Number.isSafeInteger(seq) && (key === null || typeof key === 'string')) return { key, seq };
  }
  throw invalid('cursor', 'is not a cursor of a previous page in this order');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
