// Reads and authenticates a backup file; rejects it if any byte is not authentic.
import { createHash, timingSafeEqual } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { CertdeskError } from '../engine/core/errors.ts';
import { openBytes } from '../secrets/aead.ts';
import { fileFailure } from './file-failure.ts';
import {
  type BackupHeader,
  CHUNK_PREFIX_BYTES,
  chunkAad,
  decodeHeader,
  deriveKey,
  MAX_SEALED_BYTES,
  type Manifest,
  ManifestSchema,
  PREFIX_BYTES,
  readPrefix,
  unreadable,
} from './format.ts';

export interface ReadBackup {
  readonly header: BackupHeader;
  readonly manifest: Manifest;
  /** The SHA-256 of the database, in hex. */
  readonly sha256: string;
}

/** Reads the plaintext header without authenticating it. @throws BACKUP_NOT_FOUND, BACKUP_UNREADABLE, BACKUP_FAILED */
export async function readHeader(path: string): Promise<BackupHeader> {
  return withFile(path, async (file) => (await readHead(path, file)).header);
}

/**
 * Reads the complete file.
 * @param databasePath The file to create for the database; null checks the backup without writing the database.
 * @throws BACKUP_NOT_FOUND, PASSPHRASE_WRONG, BACKUP_UNREADABLE, BACKUP_FAILED
 */
export async function readBackup(
  path: string,
  passphrase: string,
  databasePath: string | null,
): Promise<ReadBackup> {
  return withFile(path, async (file) => {
    const { header, head } = await readHead(path, file);
    const { key, check } = await deriveKey(passphrase, header.kdf);
    const expected = Buffer.from(header.kdf.check, 'base64');
    if (expected.length !== check.length || !timingSafeEqual(expected, check)) {
      throw new CertdeskError('PASSPHRASE_WRONG', `The passphrase of the backup ${path} is wrong`, {
        file: path,
      });
    }
    const next = chunkReader(path, file, { key, head });
    const first = await next();
    const manifest = readManifest(path, first.bytes);
    const sink = databasePath === null ? null : await createSink(databasePath);
    const hash = createHash('sha256');
    let done = 0;
    try {
      for (let { last } = first; !last; ) {
        const chunk = await next();
        hash.update(chunk.bytes);
        done += chunk.bytes.length;
        await sink?.writeFile(chunk.bytes).catch((error: unknown) => {
          throw fileFailure(String(databasePath), error);
        });
        last = chunk.last;
      }
      await sink?.sync();
    } finally {
      await sink?.close();
    }
    if (done !== manifest.databaseBytes) throw unreadable(path, 'it does not contain the whole database');
    if ((await readExactly(file, 1)).length > 0) throw unreadable(path, 'it has extra data at its end');
    return { header, manifest, sha256: hash.digest('hex') };
  });
}

async function createSink(path: string): Promise<FileHandle> {
  return open(path, 'wx', 0o600).catch((error: unknown) => {
    throw fileFailure(path, error);
  });
}

async function withFile<T>(path: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
  let file: FileHandle | null = null;
  try {
    // Reading a pipe could block forever.
    if (!(await stat(path)).isFile()) throw unreadable(path, 'it is not a file');
    file = await open(path, 'r');
    return await work(file);
  } catch (error) {
    throw file === null ? notOpened(path, error) : fileFailure(`The backup ${path}`, error);
  } finally {
    await file?.close();
  }
}

/** The caller names the file, so failing to open it is the caller's error, unless the disk fails. */
function notOpened(path: string, cause: unknown): CertdeskError {
  const failure = fileFailure(`The backup ${path}`, cause);
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (failure.code !== 'BACKUP_FAILED' || OWN_FAULTS.includes(reason)) return failure;
  const there = reason !== 'ENOENT' && reason !== 'ENOTDIR';
  const code = there ? 'BACKUP_UNREADABLE' : 'BACKUP_NOT_FOUND';
  return new CertdeskError(code, failure.message, { file: path }, { cause });
}

const OWN_FAULTS = ['EIO', 'EMFILE', 'ENFILE', 'ENOMEM'];

async function readHead(path: string, file: FileHandle) {
  const prefix = await readExactly(file, PREFIX_BYTES);
  const length = readPrefix(path, prefix);
  const json = await readExactly(file, length);
  if (json.length < length) throw unreadable(path, 'it was cut off in its header');
  return { header: decodeHeader(path, json), head: Buffer.concat([prefix, json]) };
}

function readManifest(path: string, bytes: Buffer): Manifest {
  try {
    return ManifestSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw unreadable(path, 'its contents belong to another version of Certdesk', cause);
  }
}

function chunkReader(path: string, file: FileHandle, { key, head }: { key: Buffer; head: Buffer }) {
  const aad = chunkAad(head);
  let index = 0;
  return async (): Promise<{ readonly bytes: Buffer; readonly last: boolean }> => {
    const prefix = await readExactly(file, CHUNK_PREFIX_BYTES);
    if (prefix.length < CHUNK_PREFIX_BYTES) throw unreadable(path, 'it was cut off');
    const last = prefix.readUInt8(0) === 1;
    const length = prefix.readUInt32BE(1);
    if (length > MAX_SEALED_BYTES) throw unreadable(path, 'it is damaged');
    const sealed = await readExactly(file, length);
    if (sealed.length < length) throw unreadable(path, 'it was cut off');
    const bytes = openBytes(key, sealed, aad(index, last));
    if (bytes === null) throw unreadable(path, 'it is damaged, or was changed');
    index += 1;
    return { bytes, last };
  };
}

/** Returns fewer bytes only at the end of the file. */
async function readExactly(file: FileHandle, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, length - done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
}
