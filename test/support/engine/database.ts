// A database in a temporary folder, with the engine's stores on it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { createJournal, type Journal } from '../../../src/main/engine/audit/journal.ts';
import type { Clock } from '../../../src/main/engine/core/ports.ts';
import type { Stores } from '../../../src/main/engine/core/stores.ts';
import { openDatabase } from '../../../src/main/storage/database.ts';
import type { Schema } from '../../../src/main/storage/schema.ts';
import { createStores } from '../../../src/main/storage/stores.ts';

export const QUIET = { debug() {}, info() {}, warn() {}, error() {} };

export interface TestDatabase {
  readonly stores: Stores;
  readonly folder: string;
  /** Direct access, for values that the stores do not return. */
  readonly db: Kysely<Schema>;
  journal(clock: Clock): Journal;
  close(): Promise<void>;
}

export function openTestDatabase(): TestDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'certdesk-db-'));
  const database = openDatabase(join(folder, 'certdesk.db'));
  const stores = createStores(database.db, database.reads);
  return {
    stores,
    folder,
    db: database.db,
    journal: (clock) => createJournal(stores, clock, QUIET),
    async close() {
      await database.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** If false, SQLite refuses every change, as on a read-only disk: STORAGE_FAILED. */
export async function setWritable(db: Kysely<Schema>, writable: boolean): Promise<void> {
  await sql.raw(`pragma query_only = ${writable ? 'off' : 'on'}`).execute(db);
}
