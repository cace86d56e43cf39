// Pages of projects in any order, by keyset: a page begins after the values of the last row of the one before, so that
// it costs the same wherever it is, and is not shifted by what is added or removed.
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { CertdeskError } from '../engine/errors.ts';
import type { ProjectQuery } from '../engine/stores.ts';
import { ofCertificate, ofProject, ofState } from './project-filter.ts';
import type { Schema } from './schema.ts';

type Sort = NonNullable<ProjectQuery['sort']>;

/** What is sorted by; null in it comes last. `created` is the tie-breaker of all the others, so it needs none. */
const KEYS: Readonly<Record<Sort, RawBuilder<string | null> | null>> = {
  created: null,
  name: sql`projects.name COLLATE NOCASE`,
  domain: sql`projects.domain`,
  expiry: sql`expires_at`,
  next_renewal: sql`attempt_at`,
};

interface Row {
  readonly seq: number;
  readonly id: string;
  readonly key: string | null;
}

/** @returns ids of projects. @throws INVALID_REQUEST where the cursor is of another order, or none. */
export async function pageOfIds(
  db: Kysely<Schema>,
  query: ProjectQuery,
): Promise<{ readonly ids: readonly string[]; readonly nextCursor: string | null }> {
  const { sort = 'created', order = 'asc', limit } = query;
  const key = KEYS[sort];
  const direction = order === 'asc' ? sql`ASC` : sql`DESC`;
  const inOrder =
    key === null
      ? sql`projects.seq ${direction}`
      : sql`${nullsLast(sort, key)} ${key} ${direction}, projects.seq ${direction}`;
  const after = query.cursor === undefined ? null : readCursor(query.cursor, { sort, order });
  const rows = await db
    .selectFrom('projects')
    .leftJoin('listed_certificates', 'listed_certificates.project_id', 'projects.id')
    .where((eb) =>
      eb.and([
        ...ofProject(eb, query),
        ...ofCertificate(eb, query),
        ...ofState(query),
        ...(after === null ? [] : [beyond(after, key, order)]),
      ]),
    )
    .select(['projects.seq', 'projects.id', (key ?? sql<null>`NULL`).as('key')])
    .orderBy(sql`${inOrder}`)
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { ids: page.map(({ id }) => id), nextCursor: more ? toCursor(last, { sort, order }) : null };
}

/** Names are never null; and an index on them serves only an order without this. */
function nullsLast(sort: Sort, key: RawBuilder<string | null>) {
  return sort === 'name' ? sql`` : sql`${key} IS NULL,`;
}

type After = Pick<Row, 'seq' | 'key'>;

function beyond({ seq, key: value }: After, key: RawBuilder<string | null> | null, order: string) {
  const past = order === 'asc' ? sql`>` : sql`<`;
  if (key === null) return sql<boolean>`projects.seq ${past} ${seq}`;
  if (value === null) return sql<boolean>`(${key} IS NULL AND projects.seq ${past} ${seq})`;
  return sql<boolean>`(${key} ${past} ${value} OR (${key} = ${value} AND projects.seq ${past} ${seq}) OR ${key} IS NULL)`;
}

type Order = { readonly sort: Sort; readonly order: 'asc' | 'desc' };

function toCursor({ seq, key }: Row, { sort, order }: Order): string {
  return Buffer.from(JSON.stringify([sort, order, key, seq])).toString('base64url');
}

function readCursor(cursor: string, wanted: Order): After {
  const read = parse(Buffer.from(cursor, 'base64url').toString());
  if (Array.isArray(read) && read.length === 4) {
    const [sort, order, key, seq] = read;
    const fits = sort === wanted.sort && order === wanted.order;
    if (fits && Number.isSafeInteger(seq) && (key === null || typeof key === 'string')) return { key, seq };
  }
  throw new CertdeskError('INVALID_REQUEST', 'cursor is not one that a page before has given in this order', {
    field: 'cursor',
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
