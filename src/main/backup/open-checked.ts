// Opens the database of a data folder, or reports what is wrong with it and which backup can replace it.
import { CertdeskError } from '../engine/core/errors.ts';
import { damageOf, isDamage } from '../storage/damage.ts';
import { databasePath } from '../storage/data-folder.ts';
import { type Database, openDatabase } from '../storage/database.ts';
import { MIGRATIONS } from '../storage/migrations/index.ts';
import { offerBackup, restoreCommand } from './last-backup.ts';

/** @throws DATABASE_DAMAGED, DATABASE_TOO_NEW (both with the command that restores), STORAGE_FAILED */
export async function openChecked(dataFolder: string): Promise<Database> {
  const path = databasePath(dataFolder);
  const damage = damageOf(path);
  if (damage !== null) throw await damaged(dataFolder, damage);
  try {
    return openDatabase(path);
  } catch (error) {
    if (!(error instanceof CertdeskError)) throw error;
    if (isDamage(error.cause)) throw await damaged(dataFolder, (error.cause as Error).message, error.cause);
    if (error.code === 'DATABASE_TOO_NEW') throw await tooNew(dataFolder, error);
    throw error;
  }
}

async function damaged(dataFolder: string, reason: string, cause?: unknown): Promise<CertdeskError> {
  const { sentence, ...offered } = await offer(dataFolder);
  const path = databasePath(dataFolder);
  const message = `The database ${path} is damaged: ${reason}. The file stays as it is. ${sentence}`;
  return new CertdeskError('DATABASE_DAMAGED', message, { path, reason, ...offered }, { cause });
}

async function tooNew(dataFolder: string, error: CertdeskError): Promise<CertdeskError> {
  const { sentence, ...offered } = await offer(dataFolder);
  const details = { ...(error.details as object), ...offered };
  return error.reword(`${error.message} ${sentence}`, details);
}

async function offer(dataFolder: string) {
  const backup = await offerBackup(dataFolder, MIGRATIONS.length);
  if (backup === null) {
    const sentence =
      'No backup of it is known. If you have one, run: certdesk backup restore FILE --keep-aside with this --data-dir';
    return { sentence, backup: null, command: null };
  }
  const command = restoreCommand(backup.path, dataFolder);
  const sentence = `The last good backup is ${backup.path} of ${backup.createdAt}. To go on from it: ${command}`;
  return { sentence, backup: backup.path, command };
}
