// Reads the size and schema version of the database, for the diagnostics.
import { statSync } from 'node:fs';
import { databasePath } from './data-folder.ts';
import { schemaVersion } from './migrate.ts';

export interface DatabaseFacts {
  /** The size including the write-ahead log. */
  readonly bytes: number;
  readonly schema: number;
}

export function readDatabaseFacts(folder: string): DatabaseFacts {
  const path = databasePath(folder);
  const sizes = [path, `${path}-wal`].map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0);
  return { bytes: sizes.reduce((sum, size) => sum + size, 0), schema: schemaVersion(path) };
}
