// A lock between processes (the command line beside a running server) that the kernel frees when its holder dies.
// It is SQLite's own file lock on an empty database: Node has no flock, and a lock file with a time to go stale
// would let two writers in after a suspend. Where SQLite's locks do not hold, Certdesk's database does not either.

import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { codeOf } from './private-file.ts';

const POLL_MS = 15;

/**
 * Runs `work` while no other process (nor another caller in this one) holds the lock.
 * @param path The lock's file; made if it is not there, never removed.
 * @param timeoutMs How long to wait for the lock; then rejects with an Error of code SQLITE_BUSY.
 */
export async function withFileLock<T>(path: string, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const release = await acquire(path, timeoutMs);
  try {
    return await work();
  } finally {
    release();
  }
}

async function acquire(path: string, timeoutMs: number): Promise<() => void> {
  const database = new Database(path, { timeout: 0 });
  const deadline = performance.now() + timeoutMs;
  try {
    for (;;) {
      try {
        database.exec('BEGIN EXCLUSIVE');
        return () => database.close(); // nothing was written: closing rolls back and frees the lock
      } catch (error) {
        if (codeOf(error) !== 'SQLITE_BUSY' || performance.now() >= deadline) throw error;
      }
      await sleep(POLL_MS);
    }
  } catch (error) {
    database.close();
    throw error;
  }
}
