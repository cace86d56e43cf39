// Opens what is in the data folder: the database, the secret store, and the threads that read files.
import { randomUUID } from 'node:crypto';
import { createBackground } from '../background/background.ts';
import { finishRestore } from '../backup/finish-restore.ts';
import { openChecked } from '../backup/open-checked.ts';
import { SERVER_ADDRESS } from '../engine/access/sessions.ts';
import type { BackgroundThreads } from '../engine/background-tasks.ts';
import type { SecretStore } from '../engine/core/ports.ts';
import type { Stores } from '../engine/core/stores.ts';
import { openSecretStore } from '../secrets/open.ts';
import { lockDataFolder, makeDataFolder } from '../storage/data-folder.ts';
import { createStores } from '../storage/stores.ts';
import type { Closing } from './closing.ts';
import type { Platform } from './platform.ts';

export interface OpenData {
  readonly stores: Stores;
  readonly background: BackgroundThreads;
  readonly secrets: SecretStore;
  /** Why this secret store is used, as a sentence. */
  readonly secretStoreReason: string;
}

/** Locks the data folder, finishes a restore, and opens the database and the secret store. */
export async function openData(platform: Platform, closing: Closing): Promise<OpenData> {
  const { dataFolder, logger } = platform;
  makeDataFolder(dataFolder);
  closing.push(lockDataFolder(dataFolder));
  const restored = await finishRestore(dataFolder);
  if (restored) logger.info({}, 'Backup restored: the previous data was moved aside');
  const database = await openChecked(dataFolder);
  closing.push(() => database.close());
  const stores = createStores(database.db, database.reads);
  const background = createBackground();
  closing.push(() => background.close());
  await stores.settings.set(SERVER_ADDRESS, null); // the address of the last run may be wrong
  const { store: secrets, reason } = await openSecrets(platform, stores);
  return { stores, background, secrets, secretStoreReason: reason };
}

/** Opens the kind of store that the data folder has used so far, because only that store has its master key. */
async function openSecrets({ secretStore, dataFolder }: Platform, stores: Stores) {
  let installationId = await stores.settings.get('installation-id');
  if (typeof installationId !== 'string') {
    installationId = randomUUID();
    await stores.settings.set('installation-id', installationId);
  }
  const kind = await stores.settings.get('secret-store');
  const remembered = kind === 'keychain' || kind === 'sealed-file' ? kind : null;
  const opened = await openSecretStore({ mode: secretStore, folder: dataFolder, installationId, remembered });
  if (remembered === null) await stores.settings.set('secret-store', opened.kind);
  return opened;
}
