// Opens the database: WAL, synchronous=FULL (what was answered survives a power cut), foreign keys, newest schema.

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
  /** Null in memory, where there is one connection only. */
  readonly reads: Reads | null;
  close(): Promise<void>;
}

/**
 * @param path A file, or `:memory:`.
 * @throws DATABASE_TOO_NEW, or STORAGE_FAILED where the file cannot be opened or is no database.
 */
export function openDatabase(path: string, onStep?: OnMigrationStep): Database {
  const sqlite = guarded(path, () => open(path, onStep));
  const reader = path === ':memory:' ? null : guarded(path, () => openReader(sqlite, path));
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: cached(sqlite, path) }) });
  return {
    db,
    reads: reader && createReads(reader, (work) => guarded(path, work)),
    async close() {
      reader?.close(); // first: whoever closes last clears the log away, and this one may not write
      await db.destroy();
      // Kysely closes only what it has used.
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
 * Statements are prepared once and kept: Kysely would prepare the same text anew for each call. Failures of SQLite
 * become STORAGE_FAILED here, once for all stores.
 */
function cached(sqlite: Sqlite.Database, path: string): SqliteDatabase {
  const statements = new Map<string, ReturnType<SqliteDatabase['prepare']>>();
  const prepare = (sql: string): ReturnType<SqliteDatabase['prepare']> => {
    const statement = guarded(path, () => sqlite.prepare(sql === 'begin' ? BEGIN : sql));
    return {
      reader: statement.reader,
      all: (parameters) => guarded(path, () => statement.all(parameters)),
      run: (parameters) => {
        // A full disk has SQLite roll back by itself: what it said then is to be heard, not that there is nothing left.
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
 * Kysely's transactions are for changes here, and take the write lock at once. One that reads first and asks for the
 * lock later is refused, without a wait, where another process has written between (SQLITE_BUSY_SNAPSHOT).
 */
const BEGIN = 'begin immediate';

const NOTHING_CHANGED = { changes: 0, lastInsertRowid: 0 };

/** Texts vary only with the filters that are set and the length of IN lists; more than this is unusual. */
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
