// Reads and writes files that only their owner may access. Writes are atomic.

import { link, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CertdeskError } from '../engine/core/errors.ts';

/** Group's and others' permission bits; Windows has none (there the profile folder's ACL guards the file). */
const OTHERS = 0o077;

/**
 * @returns the content, or null if there is no such file
 * @throws SECRET_STORE_UNAVAILABLE if group or others have access to the file, or if it cannot be read
 */
export async function readPrivateFile(path: string): Promise<Buffer | null> {
  try {
    const { mode } = await stat(path);
    if (process.platform !== 'win32' && (mode & OTHERS) !== 0) {
      throw new CertdeskError(
        'SECRET_STORE_UNAVAILABLE',
        `${path} is open to other users (mode ${(mode & 0o777).toString(8).padStart(4, '0')}). ` +
          `If nobody else has read it, run: chmod 600 '${path}'`,
      );
    }
    return await readFile(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Creates a file with mode 0600 atomically; it must not exist yet. */
export async function createPrivateFile(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = await writeTemporary(path, bytes);
  try {
    await link(temporary, path); // unlike rename, link fails if the file exists
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(dirname(path));
}

/** Creates or replaces a file with mode 0600 atomically: after a crash, it is completely old or completely new. */
export async function replacePrivateFile(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = await writeTemporary(path, bytes);
  try {
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** The caller holds the lock, so an existing temporary file is left over from a crash. */
async function writeTemporary(path: string, bytes: Uint8Array): Promise<string> {
  const temporary = `${path}.tmp`;
  await rm(temporary, { force: true });
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return temporary;
}

/** Makes a rename durable across a power failure. Windows has no such call and journals renames itself. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** The errno code (`ENOENT`, `SQLITE_BUSY`), or undefined if there is none. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
