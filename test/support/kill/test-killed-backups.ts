// A backup, a restore or a migration is killed at a step: the data is the old or the new.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CreateStep } from '../../../src/main/backup/create.ts';
import { finishRestore } from '../../../src/main/backup/finish-restore.ts';
import { offerBackup } from '../../../src/main/backup/last-backup.ts';
import type { RestoreStep } from '../../../src/main/backup/restore.ts';
import { verifyBackup } from '../../../src/main/backup/verify.ts';
import { createSealedFile } from '../../../src/main/secrets/sealed-file.ts';
import { databasePath, lockDataFolder } from '../../../src/main/storage/data-folder.ts';
import { MIGRATIONS } from '../../../src/main/storage/migrations/index.ts';
import { type BackupData, makeBackupData, PASSPHRASE, readBackupData } from '../engine/backup-data.ts';
import { expectResumedMigration, runKilled } from '../engine/killed-process.ts';
import { startApp } from '../server/app.ts';

export interface KilledSteps {
  readonly create: readonly CreateStep[];
  readonly restore: readonly RestoreStep[];
  /** Of MIGRATION_STEPS. */
  readonly migrations: readonly string[];
}

/** Declares the tests of backups, restores and migrations that are killed at these steps; call it in a file of tests. */
export function testKilledBackups({ create, restore, migrations }: KilledSteps): void {
  let data: BackupData;
  beforeEach(async () => {
    data = await makeBackupData();
  });
  afterEach(() => data?.remove());

  describe('a backup that is killed', () => {
    it.each(create)('at %s leaves no incomplete file under the name of a backup', async (step) => {
      const paths = { dataFolder: data.dataFolder, folder: data.backups };
      expect(await runKilled('create', step, paths)).toBe('SIGKILL');
      const named = async () =>
        (await readdir(data.backups).catch(() => [])).filter((name) => name.endsWith('.cdbackup'));
      const left = await named();
      expect(left).toHaveLength(step === 'named' || step === 'noted' ? 1 : 0);
      for (const name of left) await verifyBackup(join(data.backups, name), PASSPHRASE);
      // The backup that is offered after damage exists.
      const offered = await offerBackup(data.dataFolder, MIGRATIONS.length);
      expect(offered === null || existsSync(offered.path)).toBe(true);
      expect(await runKilled('create', '', paths)).toBeNull();
      expect(await named()).toHaveLength(left.length + 1);
      expect(await readdir(data.backups)).toEqual(await named());
      expect((await readdir(data.dataFolder)).filter((name) => name.includes('snapshot'))).toEqual([]);
    });
  });

  describe('a restore that is killed', () => {
    const early: RestoreStep[] = ['unpacked', 'migrated', 'secrets'];
    it.each(restore)('at %s leaves the old data or the new, never a mixture', async (step) => {
      const { dataFolder, backups: folder, installation } = data;
      expect(await runKilled('create', '', { dataFolder, folder })).toBeNull();
      const [name = ''] = await readdir(folder);
      const changed = new Sqlite(databasePath(dataFolder));
      changed.exec("UPDATE projects SET domain = 'later.example.com'");
      changed.close();
      const paths = { dataFolder, file: join(folder, name) };
      expect(await runKilled('restore', step, paths)).toBe('SIGKILL');
      // Like a start.
      const release = lockDataFolder(dataFolder);
      await finishRestore(dataFolder);
      release();
      const found = await readBackupData(dataFolder, createSealedFile({ folder: dataFolder }));
      expect(found).toMatchObject({ key: 'the account key', credential: '{"apiToken":"keep-me"}' });
      const kept = early.includes(step);
      expect(found.domain).toBe(kept ? 'later.example.com' : 'shop.example.com');
      expect(found.installation === installation).toBe(kept);
      const asides = (await readdir(dataFolder)).filter((each) => each.startsWith('before-restore-'));
      expect(asides).toHaveLength(kept ? 0 : 1);
      for (const aside of asides) {
        const before = join(dataFolder, aside);
        const old = await readBackupData(before, createSealedFile({ folder: before }));
        expect(old).toMatchObject({ domain: 'later.example.com', key: 'the account key' });
      }
      if (!kept) return;
      expect(await runKilled('restore', '', paths)).toBeNull();
      expect(await readdir(dataFolder)).not.toContain('restoring');
    });
  });

  describe('a restore from within a running Certdesk that is killed', () => {
    it.each([
      { step: 'staged', restored: false },
      { step: 'committed', restored: true },
    ])('$step: the next start has all of the old data or all of the new', async ({ step, restored }) => {
      const { dataFolder, backups: folder } = data;
      expect(await runKilled('create', '', { dataFolder, folder })).toBeNull();
      const [name = ''] = await readdir(folder);
      expect(await runKilled('restore-within', step, { dataFolder, file: join(folder, name) })).toBe(
        'SIGKILL',
      );
      const { app, stop } = await startApp({ dataFolder });
      try {
        const { projects } = await app.engine.projects.list({ limit: 10, sort: 'name', order: 'asc' }, null);
        const later = restored ? [] : ['later.example.com'];
        expect(projects.map(({ domain }) => domain).toSorted()).toEqual([...later, 'shop.example.com']);
        expect((await app.engine.backups.list()).restored?.by).toBe(restored ? 'Firefox' : undefined);
        expect((await app.engine.sessions.list()).map(({ id }) => id)).toEqual(['s1']);
        expect(await app.engine.audit.verify()).toMatchObject({ ok: true });
        const found = await readdir(dataFolder);
        expect(found).not.toContain('restoring');
        const asides = found.filter((each) => each.startsWith('before-restore-'));
        expect(asides).toHaveLength(restored ? 1 : 0);
        for (const aside of asides) {
          const old = new Sqlite(join(dataFolder, aside, 'certdesk.db'));
          const domains = old.prepare('SELECT domain FROM projects ORDER BY domain').pluck().all();
          expect(domains).toEqual(['later.example.com', 'shop.example.com']);
          old.close();
        }
      } finally {
        await stop();
      }
    });
  });

  describe('a migration that is killed', () => {
    it.each(migrations)('at %s resumes at the next start, and its copy is intact', (step) =>
      expectResumedMigration(data.dataFolder, step),
    );
  });
}
