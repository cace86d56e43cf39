// Scheduled backups: when one is due, and the state after a failure.

import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBackupPort } from '../../../src/main/backup/port.ts';
import { createJournal } from '../../../src/main/engine/audit/journal.ts';
import { type Backups, createBackups } from '../../../src/main/engine/backups/backups.ts';
import type { Stores } from '../../../src/main/engine/core/stores.ts';
import { createSettings, type SettingsService } from '../../../src/main/engine/settings/settings.ts';
import { databasePath } from '../../../src/main/storage/data-folder.ts';
import { type Database, openDatabase } from '../../../src/main/storage/database.ts';
import { createStores } from '../../../src/main/storage/stores.ts';
import { IN_THIS_THREAD } from '../../support/engine/background.ts';
import { type BackupData, makeBackupData, PASSPHRASE, QUICK } from '../../support/engine/backup-data.ts';
import { QUIET } from '../../support/engine/database.ts';
import { LOOPBACK_POLICY } from '../../support/tools/network.ts';

const HOUR = 3_600_000;

describe('scheduled backups', () => {
  let data: BackupData;
  let database: Database;
  let stores: Stores;
  let backups: Backups;
  let settings: SettingsService;
  let now: number;

  beforeEach(async () => {
    data = await makeBackupData();
    database = openDatabase(databasePath(data.dataFolder));
    stores = createStores(database.db);
    now = Date.parse('2026-02-01T00:00:00Z');
    const clock = { now: () => new Date(now) };
    const journal = createJournal(stores, clock, QUIET);
    settings = createSettings(stores, journal, LOOPBACK_POLICY);
    const port = createBackupPort({ ...data, background: IN_THIS_THREAD, version: '1', cost: QUICK });
    backups = createBackups({ ...data, stores, journal, clock, log: QUIET, backups: port });
    await settings.update({ backup: { folder: data.backups, everyHours: 24, keep: 2 } });
  });
  afterEach(async () => {
    await database?.close();
    await data?.remove();
  });
  const made = async () => (await backups.list()).backups.map(({ createdAt }) => createdAt.slice(5, 13));
  const live = async (hours: number): Promise<void> => {
    now += hours * HOUR;
    await backups.runIfDue();
  };
  const kinds = async () =>
    (await stores.events.latest({ without: [], projectIds: null, limit: 20 })).map(({ kind }) => kind);

  it('are created when due, and only the configured number is kept', async () => {
    await backups.setPassphrase(PASSPHRASE);
    await live(0);
    await live(23);
    expect(await made()).toEqual(['02-01T00']);
    await live(1);
    await live(24);
    expect(await made()).toEqual(['02-03T00', '02-02T00']);
    expect(await backups.state()).toEqual({
      lastAt: '2026-02-03T00:00:00Z',
      lastError: null,
      nextAt: '2026-02-04T00:00:00Z',
      late: false,
    });
    const entries = await stores.audit.list({ limit: 20 } as Parameters<typeof stores.audit.list>[0]);
    expect(JSON.stringify(entries)).not.toContain(PASSPHRASE);
    await settings.update({ backup: { everyHours: null } });
    await live(1000);
    expect(await made()).toHaveLength(2);
    expect(await backups.state()).toBeNull();
  });

  it('that fail are reported, retried in an hour, and then continue', async () => {
    await live(0);
    expect((await backups.state())?.lastError).toMatch(/passphrase/);
    await backups.setPassphrase(PASSPHRASE);
    await live(0.5);
    expect(await made()).toEqual([]);
    await live(0.5);
    expect(await made()).toEqual(['02-01T01']);
    expect((await backups.state())?.lastError).toBeNull();
    // The disk is unmounted: a file replaces the folder.
    await rm(data.backups, { recursive: true });
    await writeFile(data.backups, '');
    await live(24);
    expect((await backups.state())?.lastError).toMatch(/backup folder .* cannot be used/);
    expect(await kinds()).toEqual(expect.arrayContaining(['backup.created', 'backup.failed']));
    await live(13);
    expect(await backups.state()).toMatchObject({ late: true, lastAt: '2026-02-01T01:00:00Z' });
    await rm(data.backups);
    await mkdir(data.backups);
    await live(1);
    expect(await backups.state()).toMatchObject({ late: false, lastError: null });
    expect(await readdir(data.backups)).toHaveLength(1);
  });

  it('requested twice at once are one', async () => {
    await backups.setPassphrase(PASSPHRASE);
    const [one, two] = await Promise.all([backups.create(), backups.create()]);
    expect(one).toEqual(two);
    expect(await made()).toHaveLength(1);
  });
});
