// Adds a second secret to sessions, the time of the last proof of identity, and the time of the last activity. Existing
// sessions have no second secret, so they end and their users sign in again.
import type { Migration } from './migration.ts';

export const sessionPageSecret: Migration = {
  name: '0012-session-page-secret',
  sql: `
DROP TABLE sessions;

CREATE TABLE sessions (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  cookie_hash TEXT NOT NULL UNIQUE,
  page_hash TEXT NOT NULL,
  name TEXT NOT NULL,
  address TEXT,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  last_active_at TEXT NOT NULL,
  proof_at TEXT NOT NULL
) STRICT;
`,
};
