// Adds incidents: CAs move the renewal windows of many certificates at once (RFC 9773). Channels that hear of revoked
// certificates also hear of incidents.
import type { Migration } from './migration.ts';

export const incidents: Migration = {
  name: '0030-incidents',
  sql: `
CREATE TABLE incidents (
  id TEXT PRIMARY KEY,
  directory_url TEXT NOT NULL,
  explanation_url TEXT,
  started_at TEXT NOT NULL,
  ended_at TEXT
) STRICT;
CREATE INDEX incidents_open ON incidents (directory_url) WHERE ended_at IS NULL;

-- One row for each certificate whose window was moved to an earlier time; incident_id is null while there are few.
CREATE TABLE moved_windows (
  certificate_id TEXT PRIMARY KEY,
  project_id TEXT NOT NULL,
  domain TEXT NOT NULL,
  directory_url TEXT NOT NULL,
  moved_at TEXT NOT NULL,
  renew_before TEXT NOT NULL,
  renew_at TEXT NOT NULL,
  incident_id TEXT REFERENCES incidents (id) ON DELETE CASCADE,
  -- The final state, once the incident has ended.
  outcome TEXT
) STRICT;
CREATE INDEX moved_windows_single ON moved_windows (directory_url, moved_at) WHERE incident_id IS NULL;
CREATE INDEX moved_windows_of_incident ON moved_windows (incident_id) WHERE incident_id IS NOT NULL;

UPDATE notification_channels SET kinds = json_insert(kinds, '$[#]', 'incident')
  WHERE EXISTS (SELECT 1 FROM json_each(kinds) WHERE value = 'revoked');
`,
};
