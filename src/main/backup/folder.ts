// The folder with backups: their names, which there are, which are kept.
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CertdeskError, toCertdeskError } from '../engine/core/errors.ts';
import { databasePath } from '../storage/data-folder.ts';
import { fileFailure } from './file-failure.ts';
import { readBackup, readHeader } from './read-file.ts';
import { readInstallation } from './snapshot.ts';

/** Below the data folder, where the settings name no other. */
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

/** `certdesk-1a2b3c4d-20261123T180000Z.cdbackup`: in order of time by name. */
export function backupName(installation: string, createdAt: string, again = 0): string {
  const time = createdAt.replace(/[-:]/g, '');
  const copy = again === 0 ? '' : `-${again + 1}`;
  return `certdesk-${shortOf(installation)}-${time}${copy}.cdbackup`;
}

/** While it is written and not verified yet. */
export const partialName = (name: string): string => `${name}.partial`;

export function shortOf(installation: string): string {
  return (
    installation
      .toLowerCase()
      .replace(/[^0-9a-z]/g, '')
      .slice(0, 8) || 'new'
  );
}

/** @throws BACKUP_NOT_FOUND for anything that is not a backup's name: no path leads out of the folder. */
export function pathOf(folder: string, name: string): string {
  if (NAME.test(name)) return join(folder, name);
  throw new CertdeskError('BACKUP_NOT_FOUND', `There is no backup ${name} in ${folder}`);
}

/** Newest first. Files whose header cannot be read are left out; a folder that is not there holds none. */
export async function listBackups(folder: string): Promise<readonly FoundBackup[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if ((error as { code?: string }).code === 'ENOENT') return [];
    throw fileFailure(`The folder ${folder}`, error);
  });
  const found = await Promise.all(names.filter((name) => NAME.test(name)).map((name) => look(folder, name)));
  return found
    .filter((each) => each !== null)
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt) || b.name.localeCompare(a.name));
}

async function look(folder: string, name: string): Promise<FoundBackup | null> {
  const path = join(folder, name);
  try {
    const { createdAt, certdesk, schema, installation } = await readHeader(path);
    return { name, bytes: (await stat(path)).size, createdAt, certdesk, schema, installation };
  } catch {
    return null; // not a backup any more; `verify` says why
  }
}

export interface Pruning {
  readonly folder: string;
  /** Its installation's backups only. */
  readonly dataFolder: string;
  readonly passphrase: string;
  /** Whole ones that stay; at least 1. */
  readonly keep: number;
}

/**
 * Removes what is older than the `keep` newest whole backups of this installation. One that is damaged, or that the
 * passphrase does not open, counts for nothing and is never removed.
 * @returns the names that were removed.
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
