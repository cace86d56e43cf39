// The secret store for machines without a keychain: one encrypted file, and its key in a second file. It protects
// against other user accounts, and a copy of one file without the other. It cannot protect against a reader of both
// files.
import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CertdeskError } from '../engine/core/errors.ts';
import type { SecretStore } from '../engine/core/ports.ts';
import { KEY_BYTES, openBytes, sealBytes } from './aead.ts';
import { withFileLock } from './file-lock.ts';
import { codeOf, createPrivateFile, readPrivateFile, replacePrivateFile } from './private-file.ts';

export const KEY_FILE = 'secrets.key';
export const SEALED_FILE = 'secrets.sealed';
const LOCK_FILE = 'secrets.lock';
const VERSION = 1; // the first byte; then come nonce, tag and the sealed JSON object of name -> value
const AAD = Buffer.concat([Buffer.from('certdesk secrets.sealed\0', 'utf8'), Buffer.of(VERSION)]);

export interface SealedFileOptions {
  /** The data folder; it must exist. */
  readonly folder: string;
  /** How long a write waits for a write by another process, in milliseconds; default: 10,000. */
  readonly lockTimeoutMs?: number;
}

type Secrets = Map<string, string>;

interface Contents {
  readonly secrets: Secrets;
  /** Null in a new folder: the first write creates it. */
  readonly key: Buffer | null;
}

/**
 * Creates a SecretStore in `secrets.sealed` and `secrets.key` of the folder. Every read reads the file, which is small
 * and may have been changed by another process. Writes are serialized across processes. Fails closed: if a file is
 * missing, damaged or accessible to other users, every call rejects and nothing is overwritten.
 */
export function createSealedFile({ folder, lockTimeoutMs = 10_000 }: SealedFileOptions): SecretStore {
  let lastWrite: Promise<unknown> = Promise.resolve();

  /** @param edit Changes the secrets; returns whether there is anything to write. */
  const change = (edit: (secrets: Secrets) => boolean): Promise<void> => {
    const write = lastWrite.then(() =>
      explained(folder, () =>
        withFileLock(join(folder, LOCK_FILE), lockTimeoutMs, async () => {
          const { secrets, key } = await load(folder);
          if (edit(secrets)) await save(folder, secrets, key ?? (await makeKey(folder)));
        }),
      ),
    );
    lastWrite = write.catch(() => undefined); // a failed write must not block the next one
    return write;
  };
  const read = (): Promise<Secrets> => explained(folder, async () => (await load(folder)).secrets);

  return {
    kind: 'sealed-file',
    get: async (name) => (await read()).get(name) ?? null,
    names: async () => [...(await read()).keys()],
    set: (name, value) =>
      change((secrets) => {
        secrets.set(name, value);
        return true;
      }),
    delete: (name) => change((secrets) => secrets.delete(name)),
  };
}

/** Reads the encrypted file before the key, because a first write by another process creates the key first. */
async function load(folder: string): Promise<Contents> {
  const sealed = await readPrivateFile(join(folder, SEALED_FILE));
  const key = await readPrivateFile(join(folder, KEY_FILE));
  if (key !== null && key.length !== KEY_BYTES) {
    throw new CertdeskError(
      'SECRET_STORE_UNAVAILABLE',
      `${join(folder, KEY_FILE)} is damaged: it has ${key.length} bytes instead of ${KEY_BYTES}. Restore it from a backup.`,
    );
  }
  if (sealed === null) return { secrets: new Map(), key };
  if (key === null) {
    throw new CertdeskError(
      'SECRET_STORE_UNAVAILABLE',
      `${join(folder, KEY_FILE)} is missing, and ${SEALED_FILE} cannot be opened without it. ` +
        'Restore both from the same backup. Certdesk creates no new key.',
    );
  }
  return { secrets: unseal(join(folder, SEALED_FILE), sealed, key), key };
}

function unseal(path: string, sealed: Buffer, key: Buffer): Secrets {
  if (sealed[0] !== VERSION && sealed.length > 0) {
    throw new CertdeskError(
      'SECRET_STORE_UNAVAILABLE',
      `${path} has format ${sealed[0]}, and this version of Certdesk knows only format ${VERSION}. ` +
        'Start the newer Certdesk that wrote it, or restore it from a backup if it is damaged.',
    );
  }
  const json = openBytes(key, sealed.subarray(1), AAD);
  if (json === null) {
    throw new CertdeskError(
      'SECRET_STORE_UNAVAILABLE',
      `${path} does not open with ${KEY_FILE}: one of them is damaged or was replaced. ` +
        'Restore both from the same backup.',
    );
  }
  return new Map(Object.entries<string>(JSON.parse(json.toString('utf8'))));
}

async function makeKey(folder: string): Promise<Buffer> {
  const key = randomBytes(KEY_BYTES);
  await createPrivateFile(join(folder, KEY_FILE), key);
  return key;
}

async function save(folder: string, secrets: Secrets, key: Buffer): Promise<void> {
  const json = Buffer.from(JSON.stringify(Object.fromEntries(secrets)), 'utf8');
  await replacePrivateFile(
    join(folder, SEALED_FILE),
    Buffer.concat([Buffer.of(VERSION), sealBytes(key, json, AAD)]),
  );
}

/** Translates errors of the file system and the lock to sentences for users. */
async function explained<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    await stat(folder); // a missing folder (not mounted) is an error, not an empty store
    return await work();
  } catch (error) {
    if (error instanceof CertdeskError) throw error;
    const code = codeOf(error) ?? 'unknown error';
    throw new CertdeskError(
      'SECRET_STORE_UNAVAILABLE',
      code === 'SQLITE_BUSY'
        ? `Another Certdesk process has held ${join(folder, LOCK_FILE)} for too long. Try again, or stop that process.`
        : `The sealed file in ${folder} cannot be read or written (${code}). ` +
            'Check that the folder is there and writable and that the disk is not full.',
      undefined,
      { cause: error },
    );
  }
}
