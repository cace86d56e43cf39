// A lock between processes, such as the command line and a running server. The kernel releases it when its holder dies.
// It uses SQLite's file lock on an empty database: Node has no flock, and a lock file that expires would admit two
// writers after a suspend. On file systems where SQLite's locks fail, Certdesk's database fails, too.

import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { codeOf } from './private-file.ts';

const POLL_MS = 15;

/**
 * Runs `work` while holding the lock exclusively, among all processes and all callers in this one.
 * @param path The lock file; created if missing, never removed.
 * @param timeoutMs How long to wait for the lock; after that it rejects with an Error of code SQLITE_BUSY.
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
        return () => database.close(); // closing rolls back the empty transaction and releases the lock
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
