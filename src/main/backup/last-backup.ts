// Records the last valid backup in a small file next to the database, so that it is known when the database is damaged.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { replacePrivateFile } from '../secrets/private-file.ts';
import { type FoundBackup, listBackups } from './folder.ts';

const LAST_BACKUP_FILE = 'last-backup.json';
const LastBackupSchema = z.object({ folder: z.string(), name: z.string(), installation: z.string() });
type LastBackup = z.infer<typeof LastBackupSchema>;

export async function noteLastBackup(dataFolder: string, last: LastBackup): Promise<void> {
  await replacePrivateFile(
    join(dataFolder, LAST_BACKUP_FILE),
    Buffer.from(`${JSON.stringify(last)}\n`, 'utf8'),
  );
}

export interface OfferedBackup extends FoundBackup {
  readonly path: string;
}

/**
 * Finds the newest backup of this data folder that this schema version can restore. Reads only the header, because the
 * passphrase is not available. @returns null if none is known
 */
export async function offerBackup(dataFolder: string, newestSchema: number): Promise<OfferedBackup | null> {
  try {
    const text = await readFile(join(dataFolder, LAST_BACKUP_FILE), 'utf8');
    const { folder, installation } = LastBackupSchema.parse(JSON.parse(text));
    const all = await listBackups(folder);
    const found = all.find((each) => each.installation === installation && each.schema <= newestSchema);
    return found === undefined ? null : { ...found, path: join(folder, found.name) };
  } catch {
    return null; // never had one, or its disk is away: then none is offered
  }
}

/** @returns the shell command that restores a backup */
export function restoreCommand(file: string, dataFolder: string): string {
  return `certdesk backup restore ${quote(file)} --data-dir ${quote(dataFolder)} --keep-aside`;
}

function quote(path: string): string {
  return /^[\w./:\\-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
