// Writes a backup file: header, manifest and database, encrypted in chunks.
import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { sealBytes } from '../secrets/aead.ts';
import {
  type BackupHeader,
  CHUNK_BYTES,
  CHUNK_PREFIX_BYTES,
  chunkAad,
  deriveKey,
  encodeHeader,
  type Manifest,
  SCRYPT_COST,
} from './format.ts';

export interface BackupSource {
  readonly header: Omit<BackupHeader, 'kdf'>;
  readonly manifest: Omit<Manifest, 'databaseBytes'>;
  /** A copy of the database that does not change. */
  readonly databasePath: string;
  readonly passphrase: string;
  /** scrypt's N; smaller in tests. Default: the recommended value. */
  readonly cost?: number;
}

/**
 * Writes the file with mode 0600 and syncs it to the disk.
 * @param path The file to create; it must not exist.
 * @returns the SHA-256 of the database, in hex
 */
export async function writeBackup(path: string, source: BackupSource): Promise<string> {
  const kdf = {
    name: 'scrypt',
    salt: randomBytes(16).toString('base64'),
    n: source.cost ?? SCRYPT_COST,
  } as const;
  const parameters = { ...kdf, r: 8, p: 1 };
  const { key, check } = await deriveKey(source.passphrase, parameters);
  const head = encodeHeader({
    ...source.header,
    kdf: { ...parameters, check: check.toString('base64') },
  });
  const database = await open(source.databasePath, 'r');
  const file = await open(path, 'wx', 0o600).catch(async (error: unknown) => {
    await database.close();
    throw error;
  });
  try {
    await file.writeFile(head);
    const write = chunkWriter(file, key, head);
    const { size: databaseBytes } = await database.stat();
    const manifest: Manifest = { ...source.manifest, databaseBytes };
    await write(Buffer.from(JSON.stringify(manifest), 'utf8'), false);
    const hash = createHash('sha256');
    const buffer = Buffer.alloc(CHUNK_BYTES);
    for (let done = 0; done < databaseBytes; ) {
      const { bytesRead } = await database.read(buffer, 0, CHUNK_BYTES, done);
      if (bytesRead === 0) throw new Error(`${source.databasePath} was cut while it was read`);
      const bytes = buffer.subarray(0, bytesRead);
      done += bytesRead;
      hash.update(bytes);
      await write(bytes, done === databaseBytes);
    }
    await file.sync();
    return hash.digest('hex');
  } finally {
    await Promise.all([file.close(), database.close()]);
  }
}

function chunkWriter(file: FileHandle, key: Buffer, head: Buffer) {
  const aad = chunkAad(head);
  let index = 0;
  return async (bytes: Buffer, last: boolean): Promise<void> => {
    const sealed = sealBytes(key, bytes, aad(index, last));
    const prefix = Buffer.alloc(CHUNK_PREFIX_BYTES);
    prefix.writeUInt8(last ? 1 : 0, 0);
    prefix.writeUInt32BE(sealed.length, 1);
    await file.writeFile(Buffer.concat([prefix, sealed])); // appends at the handle's place, and writes all of it
    index += 1;
  };
}
