// Is the database file whole? A look at its header at every start; SQLite's own check of its pages where the last run
// did not end by itself. Nothing is written, so what can still be saved from a damaged file stays as it is.
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';

const HEADER_BYTES = 100;
const MAGIC = 'SQLite format 3\0';

/** Null where nothing is wrong, or there is no file; else what is, in a few words. */
export function damageOf(path: string): string | null {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) return null;
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return log === 0 && heldSecrets(dirname(path)) ? 'it is empty' : null;
  return headerDamage(path, size, log > 0) ?? (log > 0 ? pageDamage(path) : null);
}

/** A clean stop leaves no log. @see https://sqlite.org/fileformat.html section 1.3 */
function headerDamage(path: string, size: number, hasLog: boolean): string | null {
  const header = Buffer.alloc(HEADER_BYTES);
  const file = openSync(path, 'r');
  try {
    if (readSync(file, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return 'it was cut';
  } finally {
    closeSync(file);
  }
  if (header.toString('latin1', 0, 16) !== MAGIC) return 'it is not a database';
  const pageBytes = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  if (pageBytes < 512 || (pageBytes & (pageBytes - 1)) !== 0) return 'its header is damaged';
  if (hasLog) return null; // the log may hold what the file lacks
  // The number of pages is right where the change counter is the one that it was written with.
  const pages = header.readUInt32BE(24) === header.readUInt32BE(92) ? header.readUInt32BE(28) : 0;
  return size % pageBytes !== 0 || size < pages * pageBytes ? 'it was cut' : null;
}

function pageDamage(path: string): string | null {
  let sqlite: Sqlite.Database | null = null;
  try {
    sqlite = new Sqlite(path, { readonly: true });
    const [verdict] = sqlite.pragma('quick_check(1)') as { quick_check: string }[];
    return verdict?.quick_check === 'ok' ? null : `SQLite's check says: ${verdict?.quick_check}`;
  } catch (error) {
    return isDamage(error) ? `SQLite says: ${(error as Error).message}` : null; // opening it will say what it is
  } finally {
    sqlite?.close();
  }
}

/** Whether SQLite failed because of what is in the file. */
export function isDamage(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code);
}

/** An empty file is also what a first start leaves that was ended at once; one that held secrets was no first start. */
function heldSecrets(folder: string): boolean {
  return ['secrets.sealed', 'last-backup.json'].some((name) => existsSync(join(folder, name)));
}
