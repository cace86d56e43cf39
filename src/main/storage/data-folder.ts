// Creates and locks the data folder: only its owner has access, and only one server runs on it.

import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { CertdeskError } from '../engine/core/errors.ts';
import { makeFolderSync } from '../make-folder.ts';
import { requirePrivateFolder } from './folder-access.ts';

/** @throws STORAGE_FAILED if it cannot be created or entered, DATA_FOLDER_EXPOSED if other users may change it. */
export function makeDataFolder(folder: string): void {
  try {
    makeFolderSync(folder);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === 'EACCES' || code === 'EPERM' ? 'this user may not write there' : message;
    throw new CertdeskError(
      'STORAGE_FAILED',
      `The data folder ${folder} cannot be used: ${reason}`,
      { folder },
      { cause },
    );
  }
  requirePrivateFolder(folder);
}

export const databasePath = (folder: string): string => join(folder, 'certdesk.db');

/** Whether a server is running on the folder, that is, holds its lock. */
export function isDataFolderInUse(folder: string): boolean {
  const path = join(folder, LOCK_FILE);
  if (!existsSync(path)) return false;
  const sqlite = new Sqlite(path, { timeout: 0, readonly: true });
  try {
    sqlite.prepare('SELECT count(*) FROM sqlite_schema').get();
    return false;
  } catch (error) {
    return (error as { code?: string }).code === 'SQLITE_BUSY';
  } finally {
    sqlite.close();
  }
}

const LOCK_FILE = 'certdesk.lock';

/** How long a start waits for the lock, in ms, because isDataFolderInUse() holds it for an instant. */
const LOCK_WAIT_MS = 200;

/**
 * Locks the folder while the server runs. It uses SQLite's lock on a file next to the database, which every system
 * releases however the process ends. The command line does not need the lock and may run while the server is running.
 * @returns a function that releases the lock @throws DATA_FOLDER_IN_USE, STORAGE_FAILED
 */
export function lockDataFolder(folder: string): () => void {
  let sqlite: Sqlite.Database | undefined;
  try {
    const path = join(folder, LOCK_FILE);
    // SQLite would create the file by the umask, and any user who can open it could hold the lock and block the start.
    closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
    sqlite = new Sqlite(path, { timeout: LOCK_WAIT_MS });
    sqlite.pragma('journal_mode = DELETE');
    sqlite.exec('BEGIN EXCLUSIVE');
    const held = sqlite;
    return () => held.close();
  } catch (cause) {
    sqlite?.close();
    const { code, message } = cause as { code?: string; message: string };
    if (code === 'SQLITE_BUSY') {
      throw new CertdeskError(
        'DATA_FOLDER_IN_USE',
        `Another Certdesk uses the data folder ${folder}. Stop it, or use another folder with --data-dir`,
        { folder },
      );
    }
    throw new CertdeskError(
      'STORAGE_FAILED',
      `The data folder ${folder} cannot be written: ${message}`,
      { folder },
      { cause },
    );
  }
}
