// Recognizes errors of unique indexes.
import Sqlite from 'better-sqlite3';

/** @param column As SQLite names it: `jobs.project_id`. */
export function isUniqueViolation(error: unknown, column: string): boolean {
  return (
    error instanceof Sqlite.SqliteError &&
    error.code === 'SQLITE_CONSTRAINT_UNIQUE' &&
    error.message.includes(column)
  );
}
