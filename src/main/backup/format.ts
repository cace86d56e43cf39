// The format of a backup file (docs/backup.md): a plaintext header, then chunks encrypted with AES-256-GCM. Each chunk
// is bound to the header, to its index and to whether it is the last, so any change, truncation or reordering is
// detected.
import { createHash, scrypt } from 'node:crypto';
import { z } from 'zod';
import { CertdeskError } from '../engine/core/errors.ts';
import { KEY_BYTES } from '../secrets/aead.ts';

export const MAGIC = Buffer.from('CERTDESK BACKUP\n', 'latin1');
export const VERSION = 1;
/** Magic, version (2 bytes), length of the header (4 bytes), big-endian. */
export const PREFIX_BYTES = MAGIC.length + 6;
/** Before each chunk: 1 for the last chunk, else 0; then the length of the encrypted bytes (4 bytes). */
export const CHUNK_PREFIX_BYTES = 5;
/** The bytes of the database in one chunk. */
export const CHUNK_BYTES = 1024 * 1024;
/** The limit of the first chunk, which contains all secrets. */
export const MAX_SEALED_BYTES = 64 * 1024 * 1024;
const MAX_HEADER_BYTES = 4_096;
const CHECK_BYTES = 16;

const HeaderSchema = z.object({
  createdAt: z.iso.datetime({ precision: 0 }),
  /** The version of Certdesk that created the backup. */
  certdesk: z.string().max(64),
  /** The schema version of the database: the number of its newest migration. */
  schema: z.int().min(0),
  /** The ID of the installation, because several may share one backup folder. */
  installation: z.string().max(64),
  /** scrypt (RFC 7914). The bounds limit a forged file to 256 MiB of memory and a second. */
  kdf: z.object({
    name: z.literal('scrypt'),
    salt: z.base64().max(64),
    n: z
      .int()
      .min(2)
      .max(1 << 18),
    r: z.int().min(1).max(8),
    p: z.int().min(1).max(1),
    /** Distinguishes a wrong passphrase from a damaged file. Checking a guess costs as much as deriving the key. */
    check: z.base64().max(64),
  }),
});
export type BackupHeader = z.infer<typeof HeaderSchema>;
export type Kdf = Omit<BackupHeader['kdf'], 'check'>;

/** The first chunk; the database follows in the others. */
export const ManifestSchema = z.object({
  secretStore: z.enum(['keychain', 'sealed-file']),
  secrets: z.record(z.string(), z.string()),
  databaseBytes: z.int().min(1),
});
export type Manifest = z.infer<typeof ManifestSchema>;

/** OWASP's recommendation for scrypt: 128 MiB and a third of a second per guess. Electron's OpenSSL has no Argon2. */
export const SCRYPT_COST = 1 << 17;

export interface BackupKey {
  readonly key: Buffer;
  /** The value of the header's `check`. */
  readonly check: Buffer;
}

/** @param passphrase Normalized to Unicode NFKC, so that it does not depend on the keyboard. */
export function deriveKey(passphrase: string, { salt, n, r, p }: Kdf): Promise<BackupKey> {
  const text = Buffer.from(passphrase.normalize('NFKC'), 'utf8');
  const options = { N: n, r, p, maxmem: 256 * n * r + 1024 * 1024 };
  return new Promise((resolve, reject) => {
    scrypt(text, Buffer.from(salt, 'base64'), KEY_BYTES + CHECK_BYTES, options, (error, bytes) => {
      if (error !== null) return reject(error);
      resolve({ key: bytes.subarray(0, KEY_BYTES), check: bytes.subarray(KEY_BYTES) });
    });
  });
}

export function encodeHeader(header: BackupHeader): Buffer {
  const json = Buffer.from(JSON.stringify(header), 'utf8');
  const numbers = Buffer.alloc(6);
  numbers.writeUInt16BE(VERSION, 0);
  numbers.writeUInt32BE(json.length, 2);
  return Buffer.concat([MAGIC, numbers, json]);
}

/** @returns the length of the header that follows the prefix @throws BACKUP_UNREADABLE */
export function readPrefix(path: string, prefix: Buffer): number {
  if (prefix.length < PREFIX_BYTES || !prefix.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw unreadable(path, 'it is not a backup of Certdesk');
  }
  const version = prefix.readUInt16BE(MAGIC.length);
  if (version !== VERSION) {
    throw unreadable(
      path,
      `it has format ${version}, and this version of Certdesk reads format ${VERSION}: use the newer version`,
    );
  }
  const length = prefix.readUInt32BE(MAGIC.length + 2);
  if (length > MAX_HEADER_BYTES) throw unreadable(path, 'its header is damaged');
  return length;
}

/** @throws BACKUP_UNREADABLE */
export function decodeHeader(path: string, json: Buffer): BackupHeader {
  try {
    return HeaderSchema.parse(JSON.parse(json.toString('utf8')));
  } catch (cause) {
    throw unreadable(path, 'its header is damaged', cause);
  }
}

/** Creates the additional authenticated data of the chunks. @param head All bytes before the first chunk. */
export function chunkAad(head: Buffer): (index: number, last: boolean) => Buffer {
  const hash = createHash('sha256').update(head).digest();
  return (index, last) => {
    const place = Buffer.alloc(9);
    place.writeBigUInt64BE(BigInt(index), 0);
    place.writeUInt8(last ? 1 : 0, 8);
    return Buffer.concat([hash, place]);
  };
}

export function unreadable(path: string, why: string, cause?: unknown): CertdeskError {
  return new CertdeskError(
    'BACKUP_UNREADABLE',
    `The backup ${path} cannot be used: ${why}. Use another backup`,
    { file: path },
    { cause },
  );
}
