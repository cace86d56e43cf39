// Words in projects. `listing_search` is an index of every three letters in a row (FTS5's trigrams): what has all those
// of the word is found by it, and then looked at. A word of one or two letters has none, and one that is nearly
// everywhere is found sooner by going through the list.
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Schema } from './schema.ts';

/** More than this are not collected: a list that goes through its order meets its first page of them soon. */
const MOST = 5_000;

/**
 * On columns of `listing`. Further names are JSON: they are looked through only for what can stand in a name, not for
 * its brackets; and for that alone the words of a project are one text.
 */
export function mentions(q: string): RawBuilder<boolean> {
  const like = sql`LIKE ${patternOf(q)} ESCAPE '\\'`;
  if (isPlain(q))
    return sql`(SELECT words.words ${like} FROM listing_words AS words WHERE words.seq = listing.seq)`;
  return sql`(listing.name ${like} OR listing.domain ${like})`;
}

const isPlain = (q: string): boolean => /^[\w.*-]+$/.test(q);
const patternOf = (q: string): string => `%${q.replace(/[\\%_]/g, '\\$&')}%`;

/** Every project that has the word, and maybe some more, by `seq`; null where they are too many. */
export async function candidatesOf(db: Kysely<Schema>, q: string): Promise<readonly number[] | null> {
  return (await foundByTrigrams(db, q)) ?? (q.includes('\0') ? null : await foundByReading(db, q));
}

/** Likewise; null also where the word has no trigram. */
export async function foundByTrigrams(db: Kysely<Schema>, q: string): Promise<readonly number[] | null> {
  const trigrams = trigramsOf(q);
  if (trigrams.length === 0) return null;
  const words = trigrams.map((trigram) => `"${trigram.replaceAll('"', '""')}"`).join(' ');
  return few(
    await sql<{ seq: number }>`SELECT rowid AS seq FROM listing_search WHERE listing_search MATCH ${words}
      LIMIT ${MOST + 1}`.execute(db),
  );
}

/** Side by side: each letter is in one of them, and those between would narrow it little. */
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

/** How many projects have the word, by reading all words once. */
export async function countMentions(db: Kysely<Schema>, q: string): Promise<number> {
  const from = isPlain(q)
    ? sql`listing_words WHERE words LIKE ${patternOf(q)} ESCAPE '\\'`
    : sql`listing NOT INDEXED WHERE ${mentions(q)}`;
  return countRows(db, from);
}

/** @param from What follows FROM. A stretch of an index without other conditions is counted at 100 million rows a second. */
export async function countRows(db: Kysely<Schema>, from: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql<{ n: number }>`SELECT count(*) AS n FROM ${from}`.execute(db);
  return rows[0]?.n ?? 0;
}
