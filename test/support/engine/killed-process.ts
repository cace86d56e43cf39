// Runs a backup, a restore or a migration in a process that kills itself at a step.
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import Sqlite from 'better-sqlite3';
import { expect } from 'vitest';
import { databasePath } from '../../../src/main/storage/data-folder.ts';
import { openDatabase } from '../../../src/main/storage/database.ts';
import { migrate } from '../../../src/main/storage/migrate.ts';
import { MIGRATIONS } from '../../../src/main/storage/migrations/index.ts';
import { COMPILED } from '../tools/compiled.ts';

const CHILD = resolve(import.meta.dirname, 'backup-process.ts');

/** @returns the signal that ended it; null if it ended normally. */
export async function runKilled(what: string, killAt: string, paths: object): Promise<string | null> {
  const args = [CHILD, what, killAt, JSON.stringify(paths)];
  return promisify(execFile)(process.execPath, args, { env: { ...process.env, ...COMPILED } }).then(
    () => null,
    (error: { signal: string | null; stderr: string }) => {
      if (error.signal === null) throw new Error(error.stderr);
      return error.signal;
    },
  );
}

/** The steps at which a migration from the first version can be killed. */
export const MIGRATION_STEPS = ['before-copy', 'copied', ...MIGRATIONS.slice(1).map(({ name }) => name)];

/** Kills a migration of the first version at the step. The next start completes it, and the copy is intact. */
export async function expectResumedMigration(dataFolder: string, step: string): Promise<void> {
  const path = databasePath(dataFolder);
  await writeFile(path, '');
  const old = new Sqlite(path);
  migrate(old, MIGRATIONS.slice(0, 1));
  old.exec("INSERT INTO projects VALUES (1, 'p', 'Old', 'old.example.com', '[]', '2026-01-01T00:00:00Z')");
  old.close();
  expect(await runKilled('migrate', step, { dataFolder })).toBe('SIGKILL');
  await openDatabase(path).close();
  const now = new Sqlite(path, { readonly: true });
  expect(now.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length);
  expect(now.prepare('SELECT domain FROM projects').pluck().all()).toEqual(['old.example.com']);
  expect(now.pragma('integrity_check', { simple: true })).toBe('ok');
  now.close();
  const copy = new Sqlite(`${path}.before-0002`, { readonly: true });
  expect(copy.prepare('SELECT domain FROM projects').pluck().all()).toEqual(['old.example.com']);
  expect(copy.pragma('user_version', { simple: true })).toBe(1);
  copy.close();
  expect((await readFile(`${path}.before-0002`)).length).toBeGreaterThan(0);
  expect((await readdir(dataFolder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
}
