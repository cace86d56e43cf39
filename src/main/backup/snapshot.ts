// Takes a consistent copy of the database while Certdesk runs, and checks every page of it.
import { rm } from 'node:fs/promises';
import Sqlite from 'better-sqlite3';
import { CertdeskError } from '../engine/core/errors.ts';

export interface SnapshotFacts {
  readonly schema: number;
  readonly installation: string;
}

/**
 * Uses SQLite's online backup on a separate connection: the copy contains exactly what was committed when it ends.
 * @param to The file to create, with mode 0600 and without a write-ahead log.
 * @throws BACKUP_FAILED if the copy fails SQLite's integrity check, because the database itself is damaged
 */
export async function takeSnapshot(from: string, to: string): Promise<SnapshotFacts> {
  const source = new Sqlite(from, { readonly: true, timeout: 10_000 });
  try {
    // Copies all remaining pages in one step: a write between two steps restarts the backup, endlessly under load.
    await source.backup(to, { progress: ({ remainingPages }) => Math.max(remainingPages, 1_000_000) });
  } finally {
    source.close();
  }
  const copy = new Sqlite(to);
  try {
    copy.pragma('journal_mode = DELETE');
    const [verdict] = copy.pragma('integrity_check(1)') as { integrity_check: string }[];
    if (verdict?.integrity_check !== 'ok') {
      throw new CertdeskError(
        'BACKUP_FAILED',
        `The database ${from} is damaged (${verdict?.integrity_check}), so Certdesk does not back it up. Restore the last backup`,
      );
    }
    return {
      schema: Number(copy.pragma('user_version', { simple: true })),
      installation: installationOf(copy),
    };
  } finally {
    copy.close();
  }
}

export async function removeSnapshot(path: string): Promise<void> {
  for (const end of ['', '-wal', '-shm', '-journal']) await rm(path + end, { force: true });
}

/** Reads the installation ID from a database. */
export function readInstallation(path: string): string {
  const sqlite = new Sqlite(path, { readonly: true, timeout: 10_000 });
  try {
    return installationOf(sqlite);
  } finally {
    sqlite.close();
  }
}

function installationOf(sqlite: Sqlite.Database): string {
  const read = sqlite.prepare("SELECT value FROM settings WHERE key = 'installation-id'").pluck();
  return String(JSON.parse(String(read.get() ?? '""')));
}
