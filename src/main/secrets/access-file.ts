// Writes the file by which the command line finds and uses the server that runs on a data folder.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ACCESS_FILE, type LocalAccessFile } from '../../shared/local-access.ts';
import { replacePrivateFile } from './private-file.ts';

/**
 * Replaces the file, with mode 0600. The caller holds the lock of the data folder.
 * @returns a function that removes the file
 */
export async function writeAccessFile(folder: string, access: LocalAccessFile): Promise<() => Promise<void>> {
  const path = join(folder, ACCESS_FILE);
  await replacePrivateFile(path, Buffer.from(`${JSON.stringify(access)}\n`));
  return () => rm(path, { force: true });
}
