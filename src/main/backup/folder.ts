// Names, lists and prunes the backups in a folder.
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CertdeskError, toCertdeskError } from '../engine/core/errors.ts';
import { databasePath } from '../storage/data-folder.ts';
import { fileFailure } from './file-failure.ts';
import { readBackup, readHeader } from './read-file.ts';
import { readInstallation } from './snapshot.ts';

/** The default folder, below the data folder. */
export const DEFAULT_BACKUP_FOLDER = 'backups';

const NAME = /^certdesk-[0-9a-z]{1,16}-\d{8}T\d{6}Z(-\d+)?\.cdbackup$/;

export interface FoundBackup {
  readonly name: string;
  readonly bytes: number;
  readonly createdAt: string;
  readonly certdesk: string;
  readonly schema: number;
  readonly installation: string;
}

/** @returns a name that sorts by time, such as `certdesk-1a2b3c4d-20261123T180000Z.cdbackup` */
export function backupName(installation: string, createdAt: string, again = 0): string {
  const time = createdAt.replace(/[-:]/g, '');
  const copy = again === 0 ? '' : `-${again + 1}`;
  return `certdesk-${shortOf(installation)}-${time}${copy}.cdbackup`;
}

/** The suffix of a backup that is not verified yet. */
export const partialName = (name: string): string => `${name}.partial`;

export function shortOf(installation: string): string {
  return (
    installation
      .toLowerCase()
      .replace(/[^0-9a-z]/g, '')
      .slice(0, 8) || 'new'
  );
}

/** @throws BACKUP_NOT_FOUND for anything but the name of a backup, so that no path leads out of the folder */
export function pathOf(folder: string, name: string): string {
  if (NAME.test(name)) return join(folder, name);
  throw new CertdeskError('BACKUP_NOT_FOUND', `There is no backup ${name} in ${folder}`);
}

/** Lists backups, newest first. Skips files with an unreadable header; a missing folder contains none. */
export async function listBackups(folder: string): Promise<readonly FoundBackup[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if ((error as { code?: string }).code === 'ENOENT') return [];
    throw fileFailure(`The folder ${folder}`, error);
  });
  const found = await Promise.all(
    names.filter((name) => NAME.test(name)).map((name) => inspectFile(folder, name)),
  );
  return found
    .filter((each) => each !== null)
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt) || b.name.localeCompare(a.name));
}

async function inspectFile(folder: string, name: string): Promise<FoundBackup | null> {
  const path = join(folder, name);
  try {
    const { createdAt, certdesk, schema, installation } = await readHeader(path);
    return { name, bytes: (await stat(path)).size, createdAt, certdesk, schema, installation };
  } catch {
    return null; // no longer a backup; `verify` says why
  }
}

export interface Pruning {
  readonly folder: string;
  /** Only backups of this data folder's installation are pruned. */
  readonly dataFolder: string;
  readonly passphrase: string;
  /** The number of valid backups to keep; at least 1. */
  readonly keep: number;
}

/**
 * Deletes backups older than the `keep` newest valid ones of this installation. A damaged backup, or one with another
 * passphrase, does not count and is never deleted.
 * @returns the deleted names
 */
export async function pruneBackups({
  folder,
  dataFolder,
  passphrase,
  keep,
}: Pruning): Promise<readonly string[]> {
  const installation = readInstallation(databasePath(dataFolder));
  const own = (await listBackups(folder)).filter((each) => each.installation === installation);
  if (own.length <= keep) return [];
  const removed: string[] = [];
  let good = 0;
  for (const { name } of own) {
    const path = join(folder, name);
    const problem = await readBackup(path, passphrase, null).then(() => null, toCertdeskError);
    if (problem !== null) continue;
    good += 1;
    if (good <= keep) continue;
    await rm(path, { force: true }).catch((error: unknown) => {
      throw fileFailure(path, error);
    });
    removed.push(name);
  }
  return removed;
}
