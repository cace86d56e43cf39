// Which backup was the last good one, in a small file beside the database: it must be known when the database is not.
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
 * The newest backup of this data folder that a Certdesk of this schema can restore; null where none is known.
 * Only its header is read: the passphrase is not at hand.
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

/** The command that restores a backup, to be copied into a shell. */
export function restoreCommand(file: string, dataFolder: string): string {
  return `certdesk backup restore ${quote(file)} --data-dir ${quote(dataFolder)} --keep-aside`;
}

function quote(path: string): string {
  return /^[\w./:\\-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
