// A damaged database is noticed before it is opened, stays byte for byte, and its last backup is named.
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createBackup } from '../../src/main/backup/create.ts';
import { openChecked } from '../../src/main/backup/open-checked.ts';
import { startProblemOf } from '../../src/main/desktop/start-problem.ts';
import { damageOf } from '../../src/main/storage/damage.ts';
import { databasePath } from '../../src/main/storage/data-folder.ts';
import { MIGRATIONS } from '../../src/main/storage/migrations/index.ts';
import { type BackupData, makeBackupData, PASSPHRASE, QUICK } from '../support/engine/backup-data.ts';

let data: BackupData;
let path: string;
beforeEach(async () => {
  data = await makeBackupData();
  path = databasePath(data.dataFolder);
});
afterEach(() => data?.remove());

/** @returns the failure of a start, which must not change the folder. */
async function refused(): Promise<{ code: string; message: string; details: unknown }> {
  const before = await readFile(path);
  const failure = await openChecked(data.dataFolder).then(
    (database) => database.close(),
    (error) => error,
  );
  expect(failure, 'it was opened').toBeInstanceOf(Error);
  expect(await readFile(path)).toEqual(before);
  return failure;
}

async function flip(from: number, to: number): Promise<void> {
  const bytes = await readFile(path);
  for (let place = from; place < to; place += 1) bytes[place] = (bytes[place] ?? 0) ^ 0xff;
  await writeFile(path, bytes);
}

/** As a killed process leaves it: a write-ahead log that is not empty. */
function stopUncleanly(): () => void {
  const sqlite = new Sqlite(path);
  sqlite.pragma('wal_autocheckpoint = 0');
  sqlite.prepare("INSERT OR REPLACE INTO settings VALUES ('x', '1')").run();
  return () => sqlite.close();
}

it.each<[string, () => Promise<void>, RegExp]>([
  [
    'is none',
    () => writeFile(path, 'not a database, but somebody may need it '.repeat(20)),
    /not a database/,
  ],
  ['is shorter than a header', () => truncate(path, 50), /was cut/],
  ['is cut in a page', () => truncate(path, 20_000), /was cut/],
  ['is cut between pages', () => truncate(path, 20_480), /was cut/],
  ['is empty where there was data', () => truncate(path, 0), /empty/],
  ['has a damaged page size', () => flip(16, 18), /header|cut/],
  ['has a damaged schema', () => flip(100, 2_000), /malformed|database|schema/],
])('%s', async (_, damage, said) => {
  await damage();
  expect(await refused()).toMatchObject({ code: 'DATABASE_DAMAGED', message: expect.stringMatching(said) });
});

it('is found in changed bytes after an unclean stop, because every page is checked', async () => {
  const close = stopUncleanly();
  // Not page 1, which every opening reads; not the log's page either.
  await flip(4_096 * 3, 4_096 * 40);
  expect(damageOf(path)).toMatch(/SQLite/);
  const failure = await refused();
  expect(failure.code).toBe('DATABASE_DAMAGED');
  close();
});

it('is not found after an unclean stop, after a clean one, and before the first start', async () => {
  const close = stopUncleanly();
  expect(damageOf(path)).toBeNull();
  close();
  expect(damageOf(path)).toBeNull();
  await rm(path);
  expect(damageOf(path)).toBeNull();
});

it('is reported with the last good backup and the command, in the window too; so is a newer database', async () => {
  const make = (createdAt: string) =>
    createBackup({
      ...data,
      folder: data.backups,
      version: '1',
      createdAt,
      passphrase: PASSPHRASE,
      cost: QUICK,
    });
  await make('2026-01-01T00:00:00Z');
  const { name } = await make('2026-01-02T00:00:00Z');
  const file = join(data.backups, name);
  const command = `certdesk backup restore ${file} --data-dir ${data.dataFolder} --keep-aside`;
  const sqlite = new Sqlite(path);
  sqlite.pragma(`user_version = ${MIGRATIONS.length + 1}`);
  sqlite.close();
  expect(await refused()).toMatchObject({ code: 'DATABASE_TOO_NEW', details: { backup: file, command } });
  await truncate(path, 8_192);
  const failure = await refused();
  expect(failure.message).toContain(`The last good backup is ${file} of 2026-01-02T00:00:00Z`);
  expect(failure.message).toContain(command);
  const around = { holder: null, freePort: null, platform: 'linux' } as const;
  expect(startProblemOf(failure, around)).toMatchObject({
    title: 'The database is damaged',
    commands: [command],
  });
  // Its disk is not mounted, so no backup is promised.
  await rm(data.backups, { recursive: true });
  expect((await refused()).message).toContain('No backup of it is known');
  expect(await readdir(data.dataFolder)).toContain('certdesk.db');
});
