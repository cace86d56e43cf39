// Makes a folder with those above it, mode 0700, as `mkdir` with `recursive` does: but Node's own (24.21) never ends where
// the folder above is there and the system says ENOENT all the same, as Linux does anywhere below /proc. It tries the one
// above and the one below by turns, the synchronous one with the whole process. Here the upper ones come first.
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

const MODE = 0o700;

/** What is there already is left as it is. @throws the error of the system */
export async function makeFolder(path: string): Promise<void> {
  const above = dirname(path);
  if (above !== path && (await stat(above).catch(() => null)) === null) await makeFolder(above);
  await mkdir(path, MODE).catch(async (error: unknown) => {
    // There before, or made by another process meanwhile. The root of a disk answers with other codes than EEXIST.
    const found = await stat(path).catch(() => null);
    if (found?.isDirectory() !== true) throw error;
  });
}

/** The same for a start, which has nothing else to do. */
export function makeFolderSync(path: string): void {
  const above = dirname(path);
  if (above !== path && !existsSync(above)) makeFolderSync(above);
  try {
    mkdirSync(path, MODE);
  } catch (error) {
    if (!existsSync(path) || !statSync(path).isDirectory()) throw error;
  }
}
