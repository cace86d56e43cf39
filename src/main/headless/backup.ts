// certdesk backup create|verify|restore: create may run while a server is running; restore requires it to be stopped.
import { resolve } from 'node:path';
import { toTimestamp } from '../../shared/time.ts';
import { createBackup } from '../backup/create.ts';
import { DEFAULT_BACKUP_FOLDER } from '../backup/folder.ts';
import { restoreBackup } from '../backup/restore.ts';
import { verifyBackup } from '../backup/verify.ts';
import { createRestoreMarker, writeRestoreMarker } from '../engine/backups/restore-marker.ts';
import { BACKUP_PASSPHRASE } from '../engine/core/secret-names.ts';
import { readSettings } from '../engine/settings/settings.ts';
import { readInstallation } from '../installation.ts';
import type { DataOptions, ServeOptions } from '../platform/options.ts';
import { askPassphrase, type PassphraseOptions, readPassphrase } from './passphrase.ts';
import { commandLine, openSecrets, withEngineParts } from './with-database.ts';

export interface CreateBackupOptions extends DataOptions, PassphraseOptions {
  readonly folder?: string;
}

/** Creates and verifies a backup. Prints the file's path and nothing else. */
export async function createBackupFile(options: CreateBackupOptions): Promise<void> {
  const { dataDir } = options;
  await withEngineParts(dataDir, async ({ stores, record }) => {
    const secrets = await openSecrets(stores, dataDir);
    const { folder: usual } = await readSettings(stores.settings, 'backup');
    const folder = resolve(options.folder ?? usual ?? resolve(dataDir, DEFAULT_BACKUP_FOLDER));
    const passphrase =
      readPassphrase(options) ??
      (await secrets.get(BACKUP_PASSPHRASE)) ??
      (await askPassphrase('New passphrase for the backup: ', true));
    const create = () =>
      createBackup({
        dataFolder: dataDir,
        secrets,
        version: readInstallation().version,
        createdAt: toTimestamp(new Date()),
        folder,
        passphrase,
      });
    const { name } = await record('backups.create', 'Backup created', create);
    process.stdout.write(`${resolve(folder, name)}\n`);
  });
}

export async function verifyBackupFile(file: string, options: PassphraseOptions): Promise<void> {
  const passphrase = readPassphrase(options) ?? (await askPassphrase('Passphrase of the backup: ', false));
  const found = await verifyBackup(resolve(file), passphrase);
  process.stdout.write(
    `The backup is valid: ${describe(found)}; created ${found.createdAt} by Certdesk ${found.certdesk}\n`,
  );
}

export interface RestoreOptions extends DataOptions, PassphraseOptions {
  readonly secretStore: ServeOptions['secretStore'];
  readonly keepAside?: boolean;
}

export async function restoreBackupFile(file: string, options: RestoreOptions): Promise<void> {
  const { dataDir, secretStore, keepAside = false } = options;
  const passphrase = readPassphrase(options) ?? (await askPassphrase('Passphrase of the backup: ', false));
  const now = new Date();
  const restored = await restoreBackup({
    file: resolve(file),
    passphrase,
    dataFolder: dataDir,
    secretStore,
    keepAside,
    now,
    writeMarker: async (stores, { createdAt }, aside) =>
      void (await writeRestoreMarker(stores, createRestoreMarker(commandLine(), now), { createdAt, aside })),
  });
  const { newSecretStore, aside, createdAt } = restored;
  const lines = [
    `Restored ${describe(restored)} from the backup of ${createdAt} to ${dataDir}`,
    `Secrets are stored in ${newSecretStore === 'keychain' ? 'the OS keychain' : 'a sealed file'}`,
    ...(aside === null ? [] : [`The previous data was moved to ${aside}`]),
    'All browsers are signed out. API tokens are valid as they were in the backup, including those revoked since: check them with certdesk token list',
    'If Certdesk still runs on the machine that the backup comes from, stop it there: otherwise both renew the same certificates',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function describe({
  projects,
  certificates,
  secrets,
}: {
  projects: number;
  certificates: number;
  secrets: number;
}): string {
  return `projects: ${projects}, certificate versions: ${certificates}, secrets: ${secrets}`;
}
