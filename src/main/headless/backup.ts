// certdesk backup create|verify|restore: create may run beside a server; restore wants it stopped.
import { resolve } from 'node:path';
import { toTimestamp } from '../../shared/time.ts';
import { createBackup } from '../backup/create.ts';
import { DEFAULT_BACKUP_FOLDER } from '../backup/folder.ts';
import { restoreBackup } from '../backup/restore.ts';
import { verifyBackup } from '../backup/verify.ts';
import { inscribeRestore, noteOfRestore } from '../engine/backups/restore-marker.ts';
import { BACKUP_PASSPHRASE } from '../engine/core/secret-names.ts';
import { readSettings } from '../engine/settings/settings.ts';
import { readInstallation } from '../installation.ts';
import type { DataOptions, ServeOptions } from '../platform/options.ts';
import { askPassphrase, givenPassphrase, type PassphraseOptions } from './passphrase.ts';
import { commandLine, openSecrets, withEngineParts } from './with-database.ts';

export interface CreateBackupOptions extends DataOptions, PassphraseOptions {
  readonly folder?: string;
}

/** Prints the file's path and nothing else. */
export async function createBackupFile(options: CreateBackupOptions): Promise<void> {
  const { dataDir } = options;
  await withEngineParts(dataDir, async ({ stores, record }) => {
    const secrets = await openSecrets(stores, dataDir);
    const { folder: usual } = await readSettings(stores.settings, 'backup');
    const folder = resolve(options.folder ?? usual ?? resolve(dataDir, DEFAULT_BACKUP_FOLDER));
    const passphrase =
      givenPassphrase(options) ??
      (await secrets.get(BACKUP_PASSPHRASE)) ??
      (await askPassphrase('A passphrase for the backup: ', true));
    const make = () =>
      createBackup({
        dataFolder: dataDir,
        secrets,
        version: readInstallation().version,
        createdAt: toTimestamp(new Date()),
        folder,
        passphrase,
      });
    const { name } = await record('backups.create', 'Make a backup', make);
    process.stdout.write(`${resolve(folder, name)}\n`);
  });
}

export async function verifyBackupFile(file: string, options: PassphraseOptions): Promise<void> {
  const passphrase = givenPassphrase(options) ?? (await askPassphrase('Passphrase of the backup: ', false));
  const found = await verifyBackup(resolve(file), passphrase);
  process.stdout.write(
    `The backup is whole: ${describe(found)}, of ${found.createdAt}, by Certdesk ${found.certdesk}\n`,
  );
}

export interface RestoreOptions extends DataOptions, PassphraseOptions {
  readonly secretStore: ServeOptions['secretStore'];
  readonly keepAside?: boolean;
}

export async function restoreBackupFile(file: string, options: RestoreOptions): Promise<void> {
  const { dataDir, secretStore, keepAside = false } = options;
  const passphrase = givenPassphrase(options) ?? (await askPassphrase('Passphrase of the backup: ', false));
  const now = new Date();
  const restored = await restoreBackup({
    file: resolve(file),
    passphrase,
    dataFolder: dataDir,
    secretStore,
    keepAside,
    now,
    inscribe: async (stores, { createdAt }, aside) =>
      void (await inscribeRestore(stores, noteOfRestore(commandLine(), now), { createdAt, aside })),
  });
  const { newSecretStore, aside, createdAt } = restored;
  const lines = [
    `Restored ${describe(restored)} as of ${createdAt} into ${dataDir}`,
    `Secrets are kept in ${newSecretStore === 'keychain' ? 'the OS keychain' : 'a sealed file'}`,
    ...(aside === null ? [] : [`What was there before is in ${aside}`]),
    'Browsers are signed out; API tokens of the backup are good again, also those revoked since (certdesk token list)',
    'Where the machine it comes from still runs, stop Certdesk there: two would renew the same certificates',
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
  return `${projects} projects, ${certificates} certificate versions, ${secrets} secrets`;
}
