// Searches text in projects. `listing_search` is a trigram index (FTS5): it finds rows with all trigrams of the text,
// which are then compared. A text of one or two letters has no trigram, and for a very frequent text a scan is faster.
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Schema } from './schema.ts';

/** Above this number of matches, a scan in list order finds the first page faster. */
const MOST = 5_000;

/**
 * A condition on columns of `listing`. Additional names are JSON, so they are searched only for characters that occur
 * in names, to exclude the brackets.
 */
export function mentions(q: string): RawBuilder<boolean> {
  const like = sql`LIKE ${patternOf(q)} ESCAPE '\\'`;
  if (isPlain(q))
    return sql`(SELECT words.words ${like} FROM listing_words AS words WHERE words.seq = listing.seq)`;
  return sql`(listing.name ${like} OR listing.domain ${like})`;
}

const isPlain = (q: string): boolean => /^[\w.:*-]+$/.test(q);
const patternOf = (q: string): string => `%${q.replace(/[\\%_]/g, '\\$&')}%`;

/** @returns the `seq` of every matching project, and possibly of others; null if there are too many */
export async function candidatesOf(db: Kysely<Schema>, q: string): Promise<readonly number[] | null> {
  return (await foundByTrigrams(db, q)) ?? (q.includes('\0') ? null : await foundByReading(db, q));
}

/** Like `candidatesOf`; also null if the text has no trigram. */
export async function foundByTrigrams(db: Kysely<Schema>, q: string): Promise<readonly number[] | null> {
  const trigrams = trigramsOf(q);
  if (trigrams.length === 0) return null;
  const words = trigrams.map((trigram) => `"${trigram.replaceAll('"', '""')}"`).join(' ');
  return few(
    await sql<{ seq: number }>`SELECT rowid AS seq FROM listing_search WHERE listing_search MATCH ${words}
      LIMIT ${MOST + 1}`.execute(db),
  );
}

/** Splits the text into adjacent trigrams. Overlapping ones would narrow the result little. */
function trigramsOf(q: string): readonly string[] {
  const letters = [...q];
  if (letters.length < 3 || q.includes('\0')) return [];
  const starts = new Set([...letters.keys()].map((n) => Math.min(n - (n % 3), letters.length - 3)));
  return [...starts].map((n) => letters.slice(n, n + 3).join(''));
}

async function foundByReading(db: Kysely<Schema>, q: string): Promise<readonly number[] | null> {
  return few(
    await sql<{ seq: number }>`SELECT seq FROM listing_words WHERE words LIKE ${patternOf(q)} ESCAPE '\\'
      LIMIT ${MOST + 1}`.execute(db),
  );
}

function few({ rows }: { readonly rows: readonly { readonly seq: number }[] }): readonly number[] | null {
  return rows.length > MOST ? null : rows.map(({ seq }) => seq);
}

/** Whether so many projects have the tag that a scan in list order finds the first page faster. */
export async function isFrequent(db: Kysely<Schema>, tag: string): Promise<boolean> {
  const n = await countRows(db, sql`(SELECT 1 FROM project_tags WHERE tag = ${tag} LIMIT ${MOST + 1})`);
  return n > MOST;
}

/** Counts matching projects by one scan of all texts. */
export async function countMentions(db: Kysely<Schema>, q: string): Promise<number> {
  const from = isPlain(q)
    ? sql`listing_words WHERE words LIKE ${patternOf(q)} ESCAPE '\\'`
    : sql`listing NOT INDEXED WHERE ${mentions(q)}`;
  return countRows(db, from);
}

/**
 * @param from The text after FROM. SQLite counts a range of an index without other conditions at 100 million rows per
 * second.
 */
export async function countRows(db: Kysely<Schema>, from: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql<{ n: number }>`SELECT count(*) AS n FROM ${from}`.execute(db);
  return rows[0]?.n ?? 0;
}
