// A lock between processes that the kernel frees when its holder dies: SQLite's file lock on an empty database, because
// Node has no flock.
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';

const POLL_MS = 15;

/**
 * Runs `work` while holding the lock exclusively.
 * @param path The lock's file; created if missing, never removed.
 * @throws an Error of code SQLITE_BUSY after `timeoutMs`
 */
export async function withFileLock<T>(path: string, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const database = new Database(path, { timeout: 0 });
  const deadline = performance.now() + timeoutMs;
  try {
    while (!tryLock(database, performance.now() >= deadline)) await sleep(POLL_MS);
    return await work();
  } finally {
    database.close();
  }
}

function tryLock(database: Database.Database, isLast: boolean): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    const isBusy = error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY';
    if (!isBusy || isLast) throw error;
    return false;
  }
}
