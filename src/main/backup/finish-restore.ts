// The last part of a restore, which may be done again from anywhere: `ready.json` says that the new data is whole and
// where the old is to go; `placing.json` that the old is there.
import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../make-folder.ts';
import { createPrivateFile, syncFolder } from '../secrets/private-file.ts';
import { KEY_FILE, SEALED_FILE } from '../secrets/sealed-file.ts';

export const STAGING = 'restoring';
export const DATABASE_FILE = 'certdesk.db';
/** The database last: a folder without it is not a data folder, and a start would make it new. */
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

/** From here on the restore is done, whatever comes. @param aside The folder for what was there before. */
export async function markReady(dataFolder: string, aside: string | null): Promise<void> {
  await createPrivateFile(join(dataFolder, STAGING, READY), Buffer.from(JSON.stringify({ aside }), 'utf8'));
}

/** It will not be done: the mark first, for without what it promises it would leave neither the old data nor the new. */
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
 * Whoever calls it holds the data folder's lock, and has no database open in it. What was not made ready is cleared
 * away. @returns whether there was anything to finish.
 */
export async function finishRestore(
  dataFolder: string,
  onStep: (step: FinishStep) => void = () => undefined,
): Promise<boolean> {
  const staging = join(dataFolder, STAGING);
  if (!isRestorePending(dataFolder)) {
    // Of a process that was ended before all was ready: keys are in there.
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

/** Nothing new is in place yet, so whatever is there is old: a second time moves what the first did not. */
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
