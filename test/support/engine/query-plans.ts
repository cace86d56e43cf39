// Records the statements that the stores run, and explains SQLite's query plan for each.
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import type { Stores } from '../../../src/main/engine/core/stores.ts';
import type { Schema } from '../../../src/main/storage/schema.ts';
import { createStores } from '../../../src/main/storage/stores.ts';

export interface QueryPlans {
  readonly stores: Stores;
  /** Returns the plan of each statement on `listing` and its words that `ask` runs, with its steps joined by ` | `. */
  listing(ask: (() => Promise<unknown>) | undefined): Promise<readonly string[]>;
  close(): void;
}

/** @param folder A data folder with a database of the newest schema. */
export async function recordPlans(folder: string): Promise<QueryPlans> {
  const sqlite = new Sqlite(join(folder, 'certdesk.db'));
  const asked: { sql: string; parameters: readonly unknown[] }[] = [];
  const db = new Kysely<Schema>({
    dialect: new SqliteDialect({ database: sqlite }),
    log({ query }) {
      asked.push(query);
    },
  });
  const explain = ({ sql, parameters }: (typeof asked)[number]): string =>
    sqlite
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...parameters)
      .map(({ detail }) => detail)
      .join(' | ');
  return {
    stores: createStores(db),
    async listing(ask) {
      if (ask === undefined) throw new Error('no query was given');
      asked.length = 0;
      await ask();
      return asked.filter(({ sql }) => /FROM \(?\s*(SELECT.*)?listing/s.test(sql)).map(explain);
    },
    close: () => void sqlite.close(),
  };
}
