// Prepares a restore: reads and verifies the complete backup, and writes its data to a subfolder of the data folder,
// without changes to the existing data. finish-restore.ts moves the new data into place.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { CertdeskError } from '../engine/core/errors.ts';
import type { SecretStore } from '../engine/core/ports.ts';
import type { Stores } from '../engine/core/stores.ts';
import { openSecretStore, type SecretStoreMode } from '../secrets/open.ts';
import { openDatabase } from '../storage/database.ts';
import { MIGRATIONS } from '../storage/migrations/index.ts';
import { createStores } from '../storage/stores.ts';
import { guardedBy } from './file-failure.ts';
import { DATA_FILES, DATABASE_FILE, dropStaged, STAGING } from './finish-restore.ts';
import { readBackup, readHeader } from './read-file.ts';
import { inspectDatabase, type VerifiedBackup } from './verify.ts';

/** Reports each step; tests end the process there. */
export type StageStep = 'unpacked' | 'migrated' | 'secrets';

/** Records the restore in the restored database before the database is in place. */
export type WriteMarker = (stores: Stores, backup: VerifiedBackup, aside: string | null) => Promise<void>;

export interface StageRestore {
  readonly file: string;
  readonly passphrase: string;
  readonly dataFolder: string;
  /** The kind of secret store to use; the backup may come from another kind. */
  readonly secretStore: SecretStoreMode;
  readonly now: Date;
  readonly writeMarker?: WriteMarker;
  /** Inspects the database; default: in this thread. */
  readonly inspect?: (...of: Parameters<typeof inspectDatabase>) => VerifiedBackup | Promise<VerifiedBackup>;
  /** Replaces the machine's secret stores in tests. */
  readonly openSecrets?: typeof openSecretStore;
  readonly onStep?: (step: StageStep) => void;
}

export interface StagedRestore extends VerifiedBackup {
  readonly newSecretStore: SecretStore['kind'];
  /** The subfolder for existing data; null if there is none. */
  readonly aside: string | null;
}

/** @throws BACKUP_TOO_NEW, BACKUP_UNREADABLE, BACKUP_FAILED */
export async function refuseTooNew(file: string): Promise<void> {
  const { schema, certdesk } = await readHeader(file);
  if (schema <= MIGRATIONS.length) return;
  throw new CertdeskError(
    'BACKUP_TOO_NEW',
    `The backup ${file} was written by a newer Certdesk, ${certdesk} (schema ${schema}; this one knows ${MIGRATIONS.length}). Restore it with that version`,
  );
}

/**
 * Prepares the restore; `markReady` commits it. The caller holds the data folder's lock.
 * @throws BACKUP_TOO_NEW, PASSPHRASE_WRONG, BACKUP_UNREADABLE, BACKUP_FAILED, STORAGE_FAILED, SECRET_STORE_UNAVAILABLE,
 * and errors of `writeMarker`; then all prepared data is removed
 */
export async function stageRestore(asked: StageRestore): Promise<StagedRestore> {
  await refuseTooNew(asked.file);
  const { dataFolder } = asked;
  return guardedBy(`The data folder ${dataFolder}`, async () => {
    await dropStaged(dataFolder); // of an attempt that was ended
    await mkdir(join(dataFolder, STAGING), { mode: 0o700 });
    try {
      return await stage(asked);
    } catch (error) {
      await dropStaged(dataFolder);
      throw error;
    }
  });
}

export const holdsData = (folder: string): boolean =>
  DATA_FILES.some((name) => existsSync(join(folder, name)));

async function stage(asked: StageRestore): Promise<StagedRestore> {
  const { file, passphrase, dataFolder, now, onStep = () => undefined } = asked;
  const staging = join(dataFolder, STAGING);
  const database = join(staging, DATABASE_FILE);
  const read = await readBackup(file, passphrase, database);
  const verified = await (asked.inspect ?? inspectDatabase)(file, database, read);
  onStep('unpacked');
  const aside = holdsData(dataFolder) ? freeAside(dataFolder, now) : null;
  const installation = randomUUID();
  await withStores(database, (stores) => adapt(stores, installation));
  onStep('migrated');
  const { store, kind } = await (asked.openSecrets ?? openSecretStore)({
    mode: asked.secretStore,
    folder: staging,
    installationId: installation,
    remembered: null,
  });
  await moveSecrets(read.manifest.secrets, store);
  await withStores(database, async (stores) => {
    await stores.settings.set('secret-store', kind);
    await asked.writeMarker?.(stores, verified, aside);
  });
  await sync(database);
  onStep('secrets');
  return { ...verified, newSecretStore: kind, aside };
}

/** Chooses a unique name, even for two restores within one second, so that nothing is overwritten. */
function freeAside(dataFolder: string, now: Date): string {
  const stamp = now.toISOString().slice(0, 19).replace(/[-:]/g, '');
  for (let again = 1; ; again += 1) {
    const name = `before-restore-${stamp}Z${again === 1 ? '' : `-${again}`}`;
    if (!existsSync(join(dataFolder, name))) return name;
  }
}

async function withStores(path: string, work: (stores: Stores) => Promise<void>): Promise<void> {
  const database = openDatabase(path);
  try {
    await createStores(database.db).transaction(work);
  } finally {
    await database.close();
  }
}

/**
 * Turns the copy into a separate installation with a new ID, which separates its secrets from those of the original in
 * the same keychain. Opening has already migrated its schema. Signs out all browsers; API tokens stay valid.
 */
async function adapt(stores: Stores, installation: string): Promise<void> {
  await stores.sessions.deleteAll();
  await stores.settings.set('installation-id', installation);
  await stores.settings.set('server-address', null);
}

/** Reads each secret back, so that a store that loses secrets fails now. */
async function moveSecrets(secrets: Readonly<Record<string, string>>, store: SecretStore): Promise<void> {
  for (const [name, value] of Object.entries(secrets)) {
    await store.set(name, value);
    if ((await store.get(name)) === value) continue;
    throw new CertdeskError(
      'SECRET_STORE_UNAVAILABLE',
      'The secret store does not store what is written to it',
    );
  }
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
