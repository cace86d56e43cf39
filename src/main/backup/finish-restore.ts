// Completes a restore. Every step can be repeated after a crash: `ready.json` records that the new data is complete and
// where the old data goes; `placing.json` records that the old data has been moved.
import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../make-folder.ts';
import { createPrivateFile, syncFolder } from '../secrets/private-file.ts';
import { KEY_FILE, SEALED_FILE } from '../secrets/sealed-file.ts';

export const STAGING = 'restoring';
export const DATABASE_FILE = 'certdesk.db';
/** The database comes last, because a start would create a new one in a folder without it. */
export const DATA_FILES: readonly string[] = [
  KEY_FILE,
  SEALED_FILE,
  `${DATABASE_FILE}-wal`,
  `${DATABASE_FILE}-shm`,
  DATABASE_FILE,
];
const READY = 'ready.json';
const PLACING = 'placing.json';

export type FinishStep = 'aside' | 'placing' | 'placed';

/** Commits the restore: from here on, it will complete. @param aside The subfolder for the previous data. */
export async function markReady(dataFolder: string, aside: string | null): Promise<void> {
  await createPrivateFile(join(dataFolder, STAGING, READY), Buffer.from(JSON.stringify({ aside }), 'utf8'));
}

/**
 * Discards a staged restore. Removes the marker first, because a marker without staged data would lose the old data.
 */
export async function dropStaged(dataFolder: string): Promise<void> {
  const staging = join(dataFolder, STAGING);
  if (!existsSync(staging)) return;
  await rm(join(staging, READY), { force: true });
  await syncFolder(staging);
  await rm(staging, { recursive: true, force: true });
}

export function isRestorePending(dataFolder: string): boolean {
  return [READY, PLACING].some((name) => existsSync(join(dataFolder, STAGING, name)));
}

/**
 * Completes a committed restore, and removes an uncommitted one. The caller holds the data folder's lock and has no
 * database open in it. @returns whether there was a restore to complete
 */
export async function finishRestore(
  dataFolder: string,
  onStep: (step: FinishStep) => void = () => undefined,
): Promise<boolean> {
  const staging = join(dataFolder, STAGING);
  if (!isRestorePending(dataFolder)) {
    // Left over from an interrupted restore; it contains keys.
    await rm(staging, { recursive: true, force: true });
    return false;
  }
  if (existsSync(join(staging, READY))) {
    await moveAside(dataFolder, staging);
    onStep('aside');
    await rename(join(staging, READY), join(staging, PLACING));
    await syncFolder(staging);
  }
  onStep('placing');
  for (const name of DATA_FILES) {
    if (existsSync(join(staging, name))) await rename(join(staging, name), join(dataFolder, name));
  }
  await syncFolder(dataFolder);
  onStep('placed');
  await rm(join(staging, PLACING));
  await rm(staging, { recursive: true, force: true });
  return true;
}

/** No new data is in place yet, so all files here are old. A repetition moves the files that remain. */
async function moveAside(dataFolder: string, staging: string): Promise<void> {
  const { aside }: { aside: string | null } = JSON.parse(await readFile(join(staging, READY), 'utf8'));
  if (aside === null) return;
  const target = join(dataFolder, aside);
  await makeFolder(target);
  for (const name of DATA_FILES) {
    if (existsSync(join(dataFolder, name))) await rename(join(dataFolder, name), join(target, name));
  }
  await syncFolder(target);
  await syncFolder(dataFolder);
}
