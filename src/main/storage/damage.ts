// Detects a damaged database file: checks its header at every start, and its pages with SQLite's own check after an
// unclean stop. It writes nothing, so that data in a damaged file stays recoverable.
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';

const HEADER_BYTES = 100;
const MAGIC = 'SQLite format 3\0';

/** @returns a short description of the damage; null if there is none, or no file */
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
  // The page count is valid only if the change counter equals the version-valid-for number.
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

/** Whether SQLite failed because of the content of the file. */
export function isDamage(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code);
}

/** Whether the database had content: an interrupted first start also leaves an empty file, but none of these files. */
function heldSecrets(folder: string): boolean {
  return ['secrets.sealed', 'last-backup.json'].some((name) => existsSync(join(folder, name)));
}
