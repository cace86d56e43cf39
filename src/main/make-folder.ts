// Creates a folder and its parents with mode 0700. Node's recursive mkdir (24.21) loops forever if the parent exists and
// the system reports ENOENT nevertheless, as Linux does below /proc: it retries parent and child in turn, and mkdirSync
// blocks the whole process. This version creates parents first and tries each folder once.
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

const MODE = 0o700;

/** Existing folders stay unchanged. @throws the system's error */
export async function makeFolder(path: string): Promise<void> {
  const above = dirname(path);
  if (above !== path && (await stat(above).catch(() => null)) === null) await makeFolder(above);
  await mkdir(path, MODE).catch(async (error: unknown) => {
    // It existed, or another process has just created it. The root of a disk reports other codes than EEXIST.
    const found = await stat(path).catch(() => null);
    if (found?.isDirectory() !== true) throw error;
  });
}

/** The synchronous version, for startup. */
export function makeFolderSync(path: string): void {
  const above = dirname(path);
  if (above !== path && !existsSync(above)) makeFolderSync(above);
  try {
    mkdirSync(path, MODE);
  } catch (error) {
    if (!existsSync(path) || !statSync(path).isDirectory()) throw error;
  }
}
