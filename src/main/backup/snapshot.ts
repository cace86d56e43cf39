// A copy of the database as it stands at one moment, while Certdesk goes on, checked page by page.
import { rm } from 'node:fs/promises';
import Sqlite from 'better-sqlite3';
import { CertdeskError } from '../engine/core/errors.ts';

export interface SnapshotFacts {
  readonly schema: number;
  readonly installation: string;
}

/**
 * SQLite's online backup, by a connection of its own: what was committed when it ends, and nothing half.
 * @param to A file that is not there yet; mode 0600. It stands alone, without a write-ahead log.
 * @throws BACKUP_FAILED where the copy does not pass SQLite's integrity check: the database itself is damaged.
 */
export async function takeSnapshot(from: string, to: string): Promise<SnapshotFacts> {
  const source = new Sqlite(from, { readonly: true, timeout: 10_000 });
  try {
    // All that is left in one step: a writer between two steps would begin it anew, without an end under load.
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

/** The id of the installation whose database it is. */
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
