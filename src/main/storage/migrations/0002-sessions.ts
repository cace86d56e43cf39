// Adds one-time links and sessions of the GUI; stores only hashes.
import type { Migration } from './migration.ts';

export const sessions: Migration = {
  name: '0002-sessions',
  sql: `
CREATE TABLE login_links (
  hash TEXT PRIMARY KEY,
  expires_at TEXT NOT NULL
) STRICT;

CREATE TABLE sessions (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  hash TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  address TEXT,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  last_used_at TEXT NOT NULL
) STRICT;
`,
};
