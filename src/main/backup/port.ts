// What the engine asks of backups, on the files of one data folder.
import { join } from 'node:path';
import type { Backup } from '../../shared/backup.ts';
import type { BackupPort } from '../engine/backups.ts';
import type { SecretStore } from '../engine/ports.ts';
import { MIGRATIONS } from '../storage/migrations/index.ts';
import { createBackup } from './create.ts';
import { DEFAULT_BACKUP_FOLDER, type FoundBackup, listBackups, pathOf, pruneBackups } from './folder.ts';
import { restoreCommand } from './restore-command.ts';
import { verifyBackup } from './verify.ts';

export interface BackupPortDeps {
  readonly dataFolder: string;
  readonly secrets: SecretStore;
  /** Certdesk's. */
  readonly version: string;
  /** scrypt's N, less in tests. */
  readonly cost?: number;
}

export function createBackupPort(deps: BackupPortDeps): BackupPort {
  const { dataFolder } = deps;
  const show = (folder: string, { installation: _, ...found }: FoundBackup): Backup => ({
    ...found,
    restoreCommand: restoreCommand(join(folder, found.name), dataFolder),
  });
  return {
    usualFolder: join(dataFolder, DEFAULT_BACKUP_FOLDER),
    create: async (asked) => show(asked.folder, await createBackup({ ...deps, ...asked })),
    list: async (folder) => (await listBackups(folder)).map((found) => show(folder, found)),
    verify: ({ folder, name, passphrase }) => verifyBackup(pathOf(folder, name), passphrase),
    async check({ file, passphrase }) {
      const verified = await verifyBackup(file, passphrase);
      return { ...verified, newer: isNewer(verified), restoreCommand: restoreCommand(file, dataFolder) };
    },
    prune: (asked) => pruneBackups({ ...asked, dataFolder }),
  };
}

/** `restore` refuses it (restore.ts). */
function isNewer({ schema }: { readonly schema: number }): boolean {
  return schema > MIGRATIONS.length;
}
