// Restores a backup into a data folder on which no Certdesk runs. All is made ready in a folder within it
// (stage-restore.ts); then what was there is moved aside and the new files are moved in (finish-restore.ts). Two marker
// files name the stage, so that a process that is ended anywhere leaves the old data or the new, and the next start (or
// restore) finishes.
import { join } from 'node:path';
import { CertdeskError } from '../engine/core/errors.ts';
import { lockDataFolder, makeDataFolder } from '../storage/data-folder.ts';
import { guardedBy } from './file-failure.ts';
import { type FinishStep, finishRestore, markReady } from './finish-restore.ts';
import {
  holdsData,
  refuseTooNew,
  type StagedRestore,
  type StageRestore,
  type StageStep,
  stageRestore,
} from './stage-restore.ts';

export type RestoreStep = StageStep | 'ready' | FinishStep;

export interface Restore extends Omit<StageRestore, 'onStep'> {
  /** What holds data already is moved into a folder beside it; else it is refused. */
  readonly keepAside: boolean;
  readonly onStep?: (step: RestoreStep) => void;
}

/** `aside`: where what was there before is now, as a path. */
export type Restored = StagedRestore;

/**
 * @throws DATA_FOLDER_IN_USE, INVALID_REQUEST where the folder holds data, what `stageRestore` throws. What was there
 * before is as it was then.
 */
export async function restoreBackup(asked: Restore): Promise<Restored> {
  const { file, dataFolder, keepAside, onStep = () => undefined } = asked;
  await refuseTooNew(file); // before a folder is made
  makeDataFolder(dataFolder);
  const release = lockDataFolder(dataFolder);
  try {
    await finishRestore(dataFolder); // one that was ended before its end
    if (!keepAside && holdsData(dataFolder)) {
      throw new CertdeskError(
        'INVALID_REQUEST',
        `The data folder ${dataFolder} already contains data, and a restore overwrites nothing. Use another one with --data-dir, or add --keep-aside to move the existing data into a folder within it`,
      );
    }
    const staged = await stageRestore(asked);
    return await guardedBy(`The data folder ${dataFolder}`, async () => {
      await markReady(dataFolder, staged.aside); // from here on it is finished, now or at the next start
      onStep('ready');
      await finishRestore(dataFolder, onStep);
      return { ...staged, aside: staged.aside === null ? null : join(dataFolder, staged.aside) };
    });
  } finally {
    release();
  }
}
