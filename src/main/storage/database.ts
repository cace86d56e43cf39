// Opens the database: WAL, synchronous=FULL (committed data survives a power failure), foreign keys, newest schema.

import { chmodSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { Kysely, type SqliteDatabase, SqliteDialect } from 'kysely';
import { CertdeskError } from '../engine/core/errors.ts';
import { migrate, type OnMigrationStep, refuseNewer } from './migrate.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { createReads, type Reads } from './reads.ts';
import type { Schema } from './schema.ts';

export interface Database {
  readonly db: Kysely<Schema>;
  /** Null for an in-memory database, which has only one connection. */
  readonly reads: Reads | null;
  close(): Promise<void>;
}

/**
 * @param path A file, or `:memory:`.
 * @throws DATABASE_TOO_NEW, or STORAGE_FAILED if the file cannot be opened or is not a database
 */
export function openDatabase(path: string, onStep?: OnMigrationStep): Database {
  const sqlite = guarded(path, () => open(path, onStep));
  const reader = path === ':memory:' ? null : guarded(path, () => openReader(sqlite, path));
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: cached(sqlite, path) }) });
  return {
    db,
    reads: reader && createReads(reader, (work) => guarded(path, work)),
    async close() {
      reader?.close(); // first, because the last connection to close deletes the log, and this one is read-only
      await db.destroy();
      // Kysely closes the connection only if it was used.
      sqlite.close();
    },
  };
}

function open(path: string, onStep?: OnMigrationStep): Sqlite.Database {
  if (path !== ':memory:') refuseNewer(path);
  const sqlite = new Sqlite(path, { timeout: 10_000 });
  try {
    if (path !== ':memory:') chmodSync(path, 0o600);
    sqlite.pragma('journal_mode = WAL');
    sqlite.pragma('synchronous = FULL');
    sqlite.pragma('foreign_keys = ON');
    migrate(sqlite, MIGRATIONS, onStep);
    return sqlite;
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

function openReader(writer: Sqlite.Database, path: string): Sqlite.Database {
  try {
    return new Sqlite(path, { timeout: 10_000, readonly: true });
  } catch (error) {
    writer.close();
    throw error;
  }
}

/**
 * Caches prepared statements, because Kysely would prepare the same text for each call. Converts failures of SQLite to
 * STORAGE_FAILED for all stores.
 */
function cached(sqlite: Sqlite.Database, path: string): SqliteDatabase {
  const statements = new Map<string, ReturnType<SqliteDatabase['prepare']>>();
  const prepare = (sql: string): ReturnType<SqliteDatabase['prepare']> => {
    const statement = guarded(path, () => sqlite.prepare(sql === 'begin' ? BEGIN : sql));
    return {
      reader: statement.reader,
      all: (parameters) => guarded(path, () => statement.all(parameters)),
      run: (parameters) => {
        // On a full disk SQLite rolls back on its own. Report that error, not the failure of the second rollback.
        if (sql === 'rollback' && !sqlite.inTransaction) return NOTHING_CHANGED;
        return guarded(path, () => statement.run(parameters));
      },
      iterate: (parameters) => statement.iterate(parameters) as IterableIterator<unknown>,
    };
  };
  return {
    prepare(sql) {
      const known = statements.get(sql);
      if (known !== undefined) return known;
      const statement = prepare(sql);
      if (statements.size < MAX_STATEMENTS) statements.set(sql, statement);
      return statement;
    },
    close: () => sqlite.close(),
  };
}

/**
 * Kysely's transactions here always write, so they acquire the write lock at the start. A transaction that reads first
 * and requests the lock later fails without waiting if another process wrote in between (SQLITE_BUSY_SNAPSHOT).
 */
const BEGIN = 'begin immediate';

const NOTHING_CHANGED = { changes: 0, lastInsertRowid: 0 };

/** The size of the statement cache. Texts vary only with the filters and the length of IN lists. */
const MAX_STATEMENTS = 500;

const ADVICE: Readonly<Record<string, string>> = {
  SQLITE_FULL: 'The disk is full: free some space',
  SQLITE_READONLY: 'The data folder is read-only: make it writable',
  SQLITE_CANTOPEN: 'The data folder cannot be written: check that it exists and who owns it',
  SQLITE_BUSY: 'Another program uses the database: stop it',
  SQLITE_NOTADB: 'The file is not a Certdesk database: move it, or restore a backup',
  SQLITE_CORRUPT: 'The database is damaged: keep the file, and restore a backup',
  SQLITE_IOERR: 'The disk failed: check it',
};

function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Sqlite.SqliteError) || error.code.startsWith('SQLITE_CONSTRAINT')) throw error;
    const advice = Object.entries(ADVICE).find(([code]) => error.code.startsWith(code))?.[1] ?? 'See the log';
    throw new CertdeskError(
      'STORAGE_FAILED',
      `The database ${path} failed (${error.message}). ${advice}.`,
      undefined,
      {
        cause: error,
      },
    );
  }
}
