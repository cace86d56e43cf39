// Migrates a database to the newest schema, one transaction per migration; `user_version` stores the current version.

import { chmodSync, existsSync, renameSync, rmSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { CertdeskError } from '../engine/core/errors.ts';
import { MIGRATIONS } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';

/** Called with `before-copy`, `copied`, then the name of each completed migration; tests end the process there. */
export type OnMigrationStep = (step: string) => void;

/** Reads the schema version of a database file without creating other files. @returns 0 if there is no file */
export function schemaVersion(path: string): number {
  if (!existsSync(path)) return 0;
  const sqlite = new Sqlite(path, { readonly: true });
  try {
    return Number(sqlite.pragma('user_version', { simple: true }));
  } finally {
    sqlite.close();
  }
}

/** @throws DATABASE_TOO_NEW if a newer version wrote the file, which stays unchanged */
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
 * Runs the missing migrations. First copies a database with data to `certdesk.db.before-0002` or similar, so that users
 * can go back to the older version.
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
 * An existing copy has the same schema and comes from an interrupted start, so it stays. A copy gets its final name
 * only when it is complete.
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
