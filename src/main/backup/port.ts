// Implements the engine's backup port on the files of one data folder.
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { Backup, Here } from '../../shared/backup.ts';
import type { BackupTasks } from '../engine/backups/background-tasks.ts';
import type { BackupPort } from '../engine/backups/backups.ts';
import type { Background } from '../engine/core/background.ts';
import type { SecretStore } from '../engine/core/ports.ts';
import { databasePath } from '../storage/data-folder.ts';
import { MIGRATIONS } from '../storage/migrations/index.ts';
import { createBackup } from './create.ts';
import { guardedBy } from './file-failure.ts';
import { dropStaged, markReady } from './finish-restore.ts';
import { DEFAULT_BACKUP_FOLDER, type FoundBackup, listBackups, pathOf, pruneBackups } from './folder.ts';
import { restoreCommand } from './last-backup.ts';
import { stageRestore } from './stage-restore.ts';
import { countContents } from './verify.ts';

export interface BackupPortDeps {
  readonly dataFolder: string;
  readonly secrets: SecretStore;
  readonly background: Background<BackupTasks>;
  /** The version of Certdesk. */
  readonly version: string;
  /** scrypt's N; smaller in tests. */
  readonly cost?: number;
}

export function createBackupPort(deps: BackupPortDeps): BackupPort {
  const { dataFolder } = deps;
  /** Runs one operation at a time, because each key derivation needs up to 256 MiB. */
  const verify = (file: string, passphrase: string) =>
    deps.background.run('verifyBackup', { file, passphrase }, { owner: 'backup' });
  const show = (folder: string, { installation: _, ...found }: FoundBackup): Backup => ({
    ...found,
    file: join(folder, found.name),
    restoreCommand: restoreCommand(join(folder, found.name), dataFolder),
  });
  return {
    usualFolder: join(dataFolder, DEFAULT_BACKUP_FOLDER),
    create: async (asked) => show(asked.folder, await createBackup({ ...deps, ...asked })),
    list: async (folder) => (await listBackups(folder)).map((found) => show(folder, found)),
    verify: ({ folder, name, passphrase }) => verify(pathOf(folder, name), passphrase),
    async check({ file, passphrase }) {
      const verified = await verify(file, passphrase);
      const here = await lookHere(deps);
      return {
        ...verified,
        here,
        newer: isNewer(verified),
        restoreCommand: restoreCommand(file, dataFolder),
      };
    },
    async stage(asked) {
      // The running server holds the data folder's lock and continues to use its kind of secret store.
      const staged = await stageRestore({
        ...asked,
        dataFolder,
        secretStore: deps.secrets.kind,
        inspect: (file, database, { header, manifest }) =>
          deps.background.run('inspectBackup', { file, database, header, manifest }, { owner: 'backup' }),
      });
      return {
        createdAt: staged.createdAt,
        aside: staged.aside,
        commit: () => guardedBy(`The data folder ${dataFolder}`, () => markReady(dataFolder, staged.aside)),
        drop: () => dropStaged(dataFolder),
      };
    },
    prune: (asked) => pruneBackups({ ...asked, dataFolder }),
  };
}

async function lookHere({ dataFolder, secrets, version }: BackupPortDeps): Promise<Here> {
  const sqlite = new Sqlite(databasePath(dataFolder), { readonly: true, timeout: 10_000 });
  try {
    const names = await secrets.names().catch(() => null);
    return {
      certdesk: version,
      ...countContents(sqlite),
      secrets: names === null ? null : names.length,
      secretStore: secrets.kind,
    };
  } finally {
    sqlite.close();
  }
}

/** `restore` rejects it (restore.ts). */
function isNewer({ schema }: { readonly schema: number }): boolean {
  return schema > MIGRATIONS.length;
}
