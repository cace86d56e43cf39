// Adds endpoints: where certificates are served, with the result of the last check.
import type { Migration } from './migration.ts';

/** A new active certificate is looked for at once: the trigger runs in the transaction that activates it. */
const dueNow = (name: string, when: string, at: string): string => `
CREATE TRIGGER ${name} AFTER ${when} ON certificates BEGIN
  UPDATE endpoints SET next_check_at = min(next_check_at, ${at})
    WHERE seq IN (SELECT endpoint_seq FROM endpoint_projects WHERE project_id = new.project_id);
END;`;

const NOW = `strftime('%Y-%m-%dT%H:%M:%SZ', 'now')`;

/** Who hears of failures hears of endpoints, too. */
const addKind = (kind: string): string => `
UPDATE notification_channels SET kinds = json_insert(kinds, '$[#]', '${kind}')
  WHERE EXISTS (SELECT 1 FROM json_each(kinds) WHERE value = 'failed')
    AND NOT EXISTS (SELECT 1 FROM json_each(kinds) WHERE value = '${kind}');`;

export const endpoints: Migration = {
  name: '0023-endpoints',
  sql: `
CREATE TABLE endpoints (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  host TEXT NOT NULL,
  port INTEGER NOT NULL,
  protocol TEXT NOT NULL,
  server_name TEXT,
  addresses TEXT,
  trust TEXT,
  expected TEXT NOT NULL,
  interval_minutes INTEGER NOT NULL,
  saved_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  next_check_at TEXT NOT NULL,
  state TEXT NOT NULL,
  checked_at TEXT,
  codes TEXT NOT NULL,
  alarms TEXT NOT NULL,
  alarmed_at TEXT,
  unknowns INTEGER NOT NULL,
  sentence TEXT,
  served TEXT,
  expires_at TEXT,
  result TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX endpoints_by_address ON endpoints (host, port, protocol, ifnull(server_name, ''));
CREATE INDEX endpoints_due ON endpoints (next_check_at);
CREATE INDEX endpoints_alarmed ON endpoints (seq) WHERE alarms <> '[]';
CREATE INDEX endpoints_unknown ON endpoints (seq) WHERE unknowns > 1;

CREATE TABLE endpoint_projects (
  endpoint_seq INTEGER NOT NULL REFERENCES endpoints (seq) ON DELETE CASCADE,
  project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  PRIMARY KEY (project_id, endpoint_seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX endpoint_projects_of ON endpoint_projects (endpoint_seq);
CREATE INDEX certificates_by_fingerprint ON certificates (fingerprint);
${dueNow('endpoints_due_insert', 'INSERT', 'new.stored_at')}
${dueNow('endpoints_due_update', 'UPDATE OF superseded_at, removed_at', NOW)}
${addKind('not_served')}
${addKind('endpoint_expiring')}
`,
};
