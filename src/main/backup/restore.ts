// Restores a backup to a data folder while Certdesk is stopped. It prepares the new data in a subfolder
// (stage-restore.ts), then moves the old data aside and the new data into place (finish-restore.ts). Two marker files
// record the progress, so that after a crash the folder has the old or the new data, and the next start or restore
// completes the work.
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
  /** Whether to move existing data to a subfolder; if false, existing data is an error. */
  readonly keepAside: boolean;
  readonly onStep?: (step: RestoreStep) => void;
}

/** `aside`: the path of the previous data. */
export type Restored = StagedRestore;

/**
 * Restores a backup. After an error, existing data is unchanged.
 * @throws DATA_FOLDER_IN_USE, INVALID_REQUEST if the folder contains data, and errors of `stageRestore`
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
