// Encrypts private keys for the database with one master key, which is in the secret store.
import { createHash, randomBytes } from 'node:crypto';
import { CertdeskError } from '../engine/core/errors.ts';
import type { SecretStore, Vault } from '../engine/core/ports.ts';
import { KEY_BYTES, openBytes, sealBytes } from './aead.ts';

export const MASTER_KEY_NAME = 'master-key';
const VERSION = 1;
const HEADER_BYTES = 9; // version (1), key id (8); then come nonce, tag and ciphertext

/** Stores in the database which master key encrypts its contents; null in a new database. */
export interface KeyRecord {
  get(): Promise<string | null>;
  set(id: string): Promise<void>;
}

export interface VaultDeps {
  readonly secrets: SecretStore;
  readonly keyRecord: KeyRecord;
}

interface MasterKey {
  /** The first 16 hex digits of the key's SHA-256: identifies the key without revealing it. */
  readonly id: string;
  readonly bytes: Buffer;
}

/**
 * Creates a vault that loads its master key on first use and caches it in memory. A failed load rejects with
 * SECRET_STORE_UNAVAILABLE, and the next call retries. Only one process at a time may use the vault of a new database,
 * which the lock of the data folder ensures: two that create a master key at once would overwrite each other's key.
 */
export function createVault({ secrets, keyRecord }: VaultDeps): Vault {
  let loading: Promise<MasterKey> | null = null;
  const masterKey = (): Promise<MasterKey> => {
    const current = loading ?? loadMasterKey({ secrets, keyRecord });
    loading = current;
    current.catch(() => {
      if (loading === current) loading = null;
    });
    return current;
  };

  return {
    async seal(plaintext, context) {
      const key = await masterKey();
      const header = Buffer.concat([Buffer.of(VERSION), Buffer.from(key.id, 'hex')]);
      const aad = Buffer.concat([header, Buffer.from(context, 'utf8')]);
      return Buffer.concat([header, sealBytes(key.bytes, Buffer.from(plaintext, 'utf8'), aad)]);
    },

    async open(sealed, context) {
      const header = Buffer.from(sealed.subarray(0, HEADER_BYTES));
      if (header.length < HEADER_BYTES || header[0] !== VERSION) {
        throw unreadable(context, 'its bytes are damaged or come from a newer Certdesk; restore a backup');
      }
      const key = await masterKey();
      const keyId = header.toString('hex', 1);
      if (keyId !== key.id) {
        throw unreadable(
          context,
          `it is encrypted with master key ${keyId}, but the current one is ${key.id}; restore the other`,
        );
      }
      const aad = Buffer.concat([header, Buffer.from(context, 'utf8')]);
      const plaintext = openBytes(key.bytes, sealed.subarray(HEADER_BYTES), aad);
      if (plaintext === null) {
        throw unreadable(
          context,
          'its bytes were changed or moved here from another record; restore a backup',
        );
      }
      return plaintext.toString('utf8');
    },
  };
}

/**
 * Loads the master key that the database names. If it names none, creates one, or uses a key that is already in the
 * store from an interrupted first start.
 */
async function loadMasterKey({ secrets, keyRecord }: VaultDeps): Promise<MasterKey> {
  const expected = await keyRecord.get();
  const stored = await secrets.get(MASTER_KEY_NAME);
  if (expected === null) {
    const key = stored === null ? await makeMasterKey(secrets) : decode(stored, secrets.kind);
    await keyRecord.set(key.id);
    return key;
  }
  if (stored === null) {
    throw new CertdeskError(
      'SECRET_STORE_UNAVAILABLE',
      `The ${place(secrets.kind)} has no master key, but the database is encrypted with master key ${expected}. ` +
        'Restore the secrets that belong to this data folder. Certdesk creates no new key, because it could not decrypt the data.',
    );
  }
  const key = decode(stored, secrets.kind);
  if (key.id !== expected) {
    throw new CertdeskError(
      'SECRET_STORE_UNAVAILABLE',
      `The ${place(secrets.kind)} has master key ${key.id}, but the database is encrypted with master key ` +
        `${expected}. Restore the secrets that belong to this data folder.`,
    );
  }
  return key;
}

/** Creates a master key and reads it back, so that a store that loses it fails now and not after a restart. */
async function makeMasterKey(secrets: SecretStore): Promise<MasterKey> {
  await secrets.set(MASTER_KEY_NAME, randomBytes(KEY_BYTES).toString('base64'));
  const stored = await secrets.get(MASTER_KEY_NAME);
  if (stored === null) {
    throw new CertdeskError(
      'SECRET_STORE_UNAVAILABLE',
      `The ${place(secrets.kind)} accepted the master key but did not store it.`,
    );
  }
  return decode(stored, secrets.kind);
}

function decode(stored: string, kind: SecretStore['kind']): MasterKey {
  const bytes = Buffer.from(stored, 'base64');
  if (bytes.length !== KEY_BYTES || bytes.toString('base64') !== stored) {
    throw new CertdeskError(
      'SECRET_STORE_UNAVAILABLE',
      `What the ${place(kind)} holds as master key is not one (32 bytes in base64). Restore it from a backup.`,
    );
  }
  return { id: createHash('sha256').update(bytes).digest('hex').slice(0, 16), bytes };
}

function place(kind: SecretStore['kind']): string {
  return kind === 'keychain' ? 'OS keychain' : 'sealed file';
}

function unreadable(context: string, reason: string): CertdeskError {
  return new CertdeskError(
    'SEALED_DATA_UNREADABLE',
    `Encrypted data (${context}) cannot be read: ${reason}.`,
  );
}
