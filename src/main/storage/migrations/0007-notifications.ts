// Adds notification channels (their secrets are in the secret store), pending deliveries, and what was already
// reported.
import type { Migration } from './migration.ts';

export const notifications: Migration = {
  name: '0007-notifications',
  sql: `
CREATE TABLE notification_channels (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  kinds TEXT NOT NULL,
  email TEXT,
  webhook TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  last_sent_at TEXT,
  last_error TEXT
) STRICT;
CREATE TABLE notification_deliveries (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  channel_id TEXT NOT NULL REFERENCES notification_channels (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  message TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  next_attempt_at TEXT,
  finished_at TEXT,
  last_error TEXT
) STRICT;
CREATE INDEX notification_deliveries_due ON notification_deliveries (next_attempt_at) WHERE state = 'waiting';
CREATE INDEX notification_deliveries_of ON notification_deliveries (channel_id);
CREATE TABLE notification_states (
  key TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  severity TEXT NOT NULL,
  project_id TEXT,
  told_at TEXT NOT NULL
) STRICT;
`,
};
