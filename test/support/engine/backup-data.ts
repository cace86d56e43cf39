// A data folder after a run, with sealed keys and secrets, without a server: for tests of backups.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBackup } from '../../../src/main/backup/create.ts';
import type { SecretStore } from '../../../src/main/engine/core/ports.ts';
import { createSealedFile } from '../../../src/main/secrets/sealed-file.ts';
import { createVault } from '../../../src/main/secrets/vault.ts';
import { databasePath, makeDataFolder } from '../../../src/main/storage/data-folder.ts';
import { openDatabase } from '../../../src/main/storage/database.ts';
import { createStores } from '../../../src/main/storage/stores.ts';
import { toTimestamp } from '../../../src/shared/time.ts';

export const PASSPHRASE = 'correct horse battery staple';
/** scrypt's N if the passphrase is not under test. */
export const QUICK = 16;

export interface BackupData {
  readonly root: string;
  readonly dataFolder: string;
  readonly backups: string;
  readonly secrets: SecretStore;
  readonly installation: string;
  remove(): Promise<void>;
}

/** One project, one account whose key is sealed, one DNS credential, one token, one session. */
export async function makeBackupData(): Promise<BackupData> {
  const root = await mkdtemp(join(tmpdir(), 'certdesk-backup-'));
  const dataFolder = join(root, 'data');
  makeDataFolder(dataFolder);
  const secrets = createSealedFile({ folder: dataFolder });
  const installation = randomUUID();
  const database = openDatabase(databasePath(dataFolder));
  const stores = createStores(database.db);
  const { settings } = stores;
  await settings.set('installation-id', installation);
  await settings.set('secret-store', 'sealed-file');
  const at = '2026-01-01T00:00:00Z';
  await stores.projects.create({
    id: 'p1',
    name: 'Shop',
    domain: 'shop.example.com',
    altNames: [],
    tags: [],
    createdAt: at,
  });
  await stores.accounts.create({
    id: 'a1',
    directoryUrl: 'https://ca.example/dir',
    email: null,
    url: null,
    keySealed: await vaultOf(dataFolder, secrets).seal('the account key', 'account:a1'),
    createdAt: at,
  });
  await secrets.set('dns-credential:c1', '{"apiToken":"keep-me"}');
  const lastActiveAt = toTimestamp(new Date()); // idle sessions expire
  const use = { expiresAt: '2099-01-01T00:00:00Z', createdAt: at, lastActiveAt, proofAt: at };
  await stores.sessions.create({
    id: 's1',
    cookieHash: 'h',
    pageHash: 'p',
    name: 'Firefox',
    address: null,
    ...use,
  });
  await database.close();
  return {
    root,
    dataFolder,
    backups: join(root, 'backups'),
    secrets,
    installation,
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** A backup of a data folder, even beside a running Certdesk, in its list of backups. @returns its absolute path. */
export async function makeQuickBackup(dataFolder: string): Promise<string> {
  const folder = join(dataFolder, 'backups');
  const secrets = createSealedFile({ folder: dataFolder });
  const createdAt = '2026-01-02T00:00:00Z';
  const made = { dataFolder, folder, secrets, createdAt, version: '1.2.3', passphrase: PASSPHRASE };
  return join(folder, (await createBackup({ ...made, cost: QUICK })).name);
}

/** The vault of a data folder, on its own connection. */
function vaultOf(dataFolder: string, secrets: SecretStore) {
  const read = async <T>(work: (settings: ReturnType<typeof createStores>['settings']) => Promise<T>) => {
    const database = openDatabase(databasePath(dataFolder));
    try {
      return await work(createStores(database.db).settings);
    } finally {
      await database.close();
    }
  };
  return createVault({
    secrets,
    keyRecord: {
      get: () => read(async (settings) => (await settings.get('master-key-id')) as string | null),
      set: (id) => read((settings) => settings.set('master-key-id', id)),
    },
  });
}

/** The contents of a data folder, opened with its own secrets like at startup. */
export async function readBackupData(dataFolder: string, secrets: SecretStore) {
  const database = openDatabase(databasePath(dataFolder));
  const stores = createStores(database.db);
  const account = await stores.accounts.get('a1');
  const found = {
    domain: (await stores.projects.get('p1'))?.domain ?? null,
    sessions: (await stores.sessions.list('2026-01-01T00:00:00Z')).length,
    installation: await stores.settings.get('installation-id'),
    secretStore: await stores.settings.get('secret-store'),
  };
  await database.close();
  return {
    ...found,
    credential: await secrets.get('dns-credential:c1'),
    key: account === null ? null : await vaultOf(dataFolder, secrets).open(account.keySealed, 'account:a1'),
  };
}
