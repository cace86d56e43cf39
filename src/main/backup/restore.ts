// Restores a backup into a data folder. All is made ready in a folder within it; then what was there is moved aside and
// the new files are moved in. Two marker files name the stage, so that a process that is ended anywhere leaves the old
// data or the new, and the next start (or restore) finishes.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CertdeskError } from '../engine/errors.ts';
import type { SecretStore } from '../engine/ports.ts';
import { openSecretStore, type SecretStoreMode } from '../secrets/open.ts';
import { lockDataFolder, makeDataFolder } from '../storage/data-folder.ts';
import { openDatabase } from '../storage/database.ts';
import { MIGRATIONS } from '../storage/migrations/index.ts';
import { createStores } from '../storage/stores.ts';
import { guardedBy } from './file-failure.ts';
import { DATA_FILES, DATABASE_FILE, finishRestore, markReady, STAGING } from './finish-restore.ts';
import { readBackup, readHeader } from './read-file.ts';
import { inspectDatabase, type VerifiedBackup } from './verify.ts';

export type RestoreStep = 'unpacked' | 'migrated' | 'secrets' | 'ready' | 'aside' | 'placing' | 'placed';

export interface Restore {
  readonly file: string;
  readonly passphrase: string;
  readonly dataFolder: string;
  /** Where secrets are kept from now on; the backup's may have been of another kind. */
  readonly secretStore: SecretStoreMode;
  /** What holds data already is moved into a folder beside it; else it is refused. */
  readonly keepAside: boolean;
  readonly now: Date;
  /** In place of the machine's own, for tests. */
  readonly openSecrets?: typeof openSecretStore;
  readonly onStep?: (step: RestoreStep) => void;
}

export interface Restored extends VerifiedBackup {
  readonly newSecretStore: SecretStore['kind'];
  /** Where what was there before is now; null where there was nothing. */
  readonly aside: string | null;
}

/**
 * @throws DATA_FOLDER_IN_USE, DATABASE_TOO_NEW, PASSPHRASE_WRONG, BACKUP_UNREADABLE, BACKUP_FAILED,
 * SECRET_STORE_UNAVAILABLE, INVALID_REQUEST where the folder holds data. What was there before is as it was then.
 */
export async function restoreBackup(asked: Restore): Promise<Restored> {
  const { file, dataFolder, keepAside } = asked;
  const { schema } = await readHeader(file);
  if (schema > MIGRATIONS.length) {
    throw new CertdeskError(
      'DATABASE_TOO_NEW',
      `The backup ${file} was written by a newer Certdesk (schema ${schema}; this one knows ${MIGRATIONS.length}). Restore it with that version`,
    );
  }
  makeDataFolder(dataFolder);
  const release = lockDataFolder(dataFolder);
  try {
    await finishRestore(dataFolder); // one that was ended before its end
    if (!keepAside && holdsData(dataFolder)) {
      throw new CertdeskError(
        'INVALID_REQUEST',
        `The data folder ${dataFolder} holds data already, and a restore overwrites nothing. Name another one with --data-dir, or add --keep-aside to move what is there into a folder within it`,
      );
    }
    return await guardedBy(`The data folder ${dataFolder}`, () => restore(asked));
  } finally {
    release();
  }
}

const holdsData = (folder: string): boolean => DATA_FILES.some((name) => existsSync(join(folder, name)));

async function restore(asked: Restore): Promise<Restored> {
  const { file, passphrase, dataFolder, now, onStep = () => undefined } = asked;
  const staging = join(dataFolder, STAGING);
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { mode: 0o700 });
  try {
    const database = join(staging, DATABASE_FILE);
    const read = await readBackup(file, passphrase, database);
    const verified = inspectDatabase(file, database, read);
    onStep('unpacked');
    const installation = randomUUID();
    await adapt(database, installation);
    onStep('migrated');
    const opened = await (asked.openSecrets ?? openSecretStore)({
      mode: asked.secretStore,
      folder: staging,
      installationId: installation,
      remembered: null,
    });
    await moveSecrets(read.manifest.secrets, opened.store);
    await setSetting(database, 'secret-store', opened.kind);
    await sync(database);
    onStep('secrets');
    const stamp = now.toISOString().slice(0, 19).replace(/[-:]/g, '');
    const aside = holdsData(dataFolder) ? `before-restore-${stamp}Z` : null;
    await markReady(dataFolder, aside);
    onStep('ready');
    await finishRestore(dataFolder, onStep);
    return {
      ...verified,
      newSecretStore: opened.kind,
      aside: aside === null ? null : join(dataFolder, aside),
    };
  } catch (error) {
    // Once it is marked ready it is finished, now or at the next start; before that it leaves nothing.
    if (!existsSync(join(staging, 'ready.json'))) await rm(staging, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Brought to this Certdesk's schema, and made an installation of its own: an id of its own keeps its secrets apart from
 * those of the original in one keychain. Signed-in browsers are signed out; API tokens stay.
 */
async function adapt(path: string, installation: string): Promise<void> {
  const database = openDatabase(path);
  try {
    const { db } = database;
    await db.deleteFrom('sessions').execute();
    await db.deleteFrom('login_links').execute();
    const { settings } = createStores(db);
    await settings.set('installation-id', installation);
    await settings.set('server-address', null);
  } finally {
    await database.close();
  }
}

async function setSetting(path: string, key: string, value: string): Promise<void> {
  const database = openDatabase(path);
  try {
    await createStores(database.db).settings.set(key, value);
  } finally {
    await database.close();
  }
}

/** Read back one by one: a store that does not keep them must fail now. */
async function moveSecrets(secrets: Readonly<Record<string, string>>, store: SecretStore): Promise<void> {
  for (const [name, value] of Object.entries(secrets)) {
    await store.set(name, value);
    if ((await store.get(name)) === value) continue;
    throw new CertdeskError(
      'SECRET_STORE_UNAVAILABLE',
      'The secret store does not keep what is written to it',
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
