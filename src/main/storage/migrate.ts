// Brings a database to the newest schema, one transaction a migration; `user_version` holds the number reached.

import { chmodSync, existsSync, renameSync, rmSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { CertdeskError } from '../engine/core/errors.ts';
import { MIGRATIONS } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';

/** `before-copy`, `copied`, then the name of each migration that is done: tests end the process there. */
export type OnMigrationStep = (step: string) => void;

/** The schema version of a database file; 0 where there is no file. Reads only, and leaves no file beside it. */
export function schemaVersion(path: string): number {
  if (!existsSync(path)) return 0;
  const sqlite = new Sqlite(path, { readonly: true });
  try {
    return Number(sqlite.pragma('user_version', { simple: true }));
  } finally {
    sqlite.close();
  }
}

/** @throws DATABASE_TOO_NEW where the file was written by a newer Certdesk; the file is not touched. */
export function refuseNewer(path: string, migrations: readonly Migration[] = MIGRATIONS): void {
  const version = schemaVersion(path);
  if (version <= migrations.length) return;
  throw new CertdeskError(
    'DATABASE_TOO_NEW',
    `${path} was written by a newer Certdesk (schema ${version}; this one knows ${migrations.length}). Start that version, or restore a backup.`,
    { path, version, known: migrations.length },
  );
}

/**
 * Runs what is missing. A database that held data before is copied aside first
 * (`certdesk.db.before-0002`), so that an older Certdesk can be gone back to.
 */
export function migrate(
  sqlite: Sqlite.Database,
  migrations: readonly Migration[] = MIGRATIONS,
  onStep: OnMigrationStep = () => undefined,
): void {
  const from = Number(sqlite.pragma('user_version', { simple: true }));
  const missing = migrations.slice(from);
  const next = missing[0];
  if (next === undefined) return;
  onStep('before-copy');
  if (from > 0 && !sqlite.memory) copyAside(sqlite, `${sqlite.name}.before-${next.name.slice(0, 4)}`);
  onStep('copied');
  missing.forEach((migration, index) => {
    sqlite.transaction(() => {
      sqlite.exec(migration.sql);
      sqlite.pragma(`user_version = ${from + index + 1}`);
    })();
    onStep(migration.name);
  });
}

/**
 * A copy that is there already is of the same schema, made by a start that was cut off: it is kept. It gets its name
 * when it is whole.
 */
function copyAside(sqlite: Sqlite.Database, path: string): void {
  if (existsSync(path)) return;
  const unfinished = `${path}.tmp`;
  rmSync(unfinished, { force: true });
  try {
    sqlite.prepare('VACUUM INTO ?').run(unfinished);
    chmodSync(unfinished, 0o600);
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}
