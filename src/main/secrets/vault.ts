// Seals what the database keeps in secret (private keys) under one master key that lives in the secret store.
import { createHash, randomBytes } from 'node:crypto';
import { CertdeskError } from '../engine/core/errors.ts';
import type { SecretStore, Vault } from '../engine/core/ports.ts';
import { KEY_BYTES, openBytes, sealBytes } from './aead.ts';

export const MASTER_KEY_NAME = 'master-key';
const VERSION = 1;
const HEADER_BYTES = 9; // version (1), key id (8); then come nonce, tag and ciphertext

/** Where the database remembers which master key its contents are sealed under; null in a new database. */
export interface KeyRecord {
  get(): Promise<string | null>;
  set(id: string): Promise<void>;
}

export interface VaultDeps {
  readonly secrets: SecretStore;
  readonly keyRecord: KeyRecord;
}

interface MasterKey {
  /** The first 16 hex digits of the key's SHA-256: names the key, and tells nothing of it. */
  readonly id: string;
  readonly bytes: Buffer;
}

/**
 * A vault whose master key is loaded at the first use and then kept in memory. A failed load rejects with
 * SECRET_STORE_UNAVAILABLE and is tried again at the next call. One process at a time may use a new database's
 * vault (the server holds the data folder's lock): two that make a master key at once would overwrite each other's.
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
 * The master key that the database names. Only where it names none is one made; a key that is already in the store
 * then stems from a first start that was cut short, and is taken.
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

/** Reads back what was written: a store that does not keep it must fail now, not after a restart. */
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
