// For commands that work on the database itself: they may run beside a server, or without one.
import { createJournal } from '../engine/journal.ts';
import { createSessions, type Sessions } from '../engine/sessions.ts';
import type { Stores } from '../engine/stores.ts';
import { createTokens, type Tokens } from '../engine/tokens.ts';
import { databasePath, makeDataFolder } from '../storage/data-folder.ts';
import { openDatabase } from '../storage/database.ts';
import { createStores } from '../storage/stores.ts';

export interface EngineParts {
  readonly stores: Stores;
  readonly tokens: Tokens;
  readonly sessions: Sessions;
}

/** @throws STORAGE_FAILED, DATABASE_TOO_NEW, what `work` throws. */
export async function withEngineParts(
  folder: string,
  work: (parts: EngineParts) => Promise<void>,
): Promise<void> {
  makeDataFolder(folder);
  const database = openDatabase(databasePath(folder));
  const clock = { now: () => new Date() };
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  try {
    const stores = createStores(database.db);
    const journal = createJournal(stores, clock, quiet);
    await work({
      stores,
      tokens: createTokens(stores, journal, clock),
      sessions: createSessions(stores, journal, clock),
    });
  } finally {
    await database.close();
  }
}
