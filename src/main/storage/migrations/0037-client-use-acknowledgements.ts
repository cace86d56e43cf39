// Adds acknowledgements of the warning that a service may present a certificate as a client. The endpoints of the project
// become due, because their state depends on it.
import type { Migration } from './migration.ts';

const makeDue = (name: string, when: string, row: 'new' | 'old'): string => `
CREATE TRIGGER client_use_${name} AFTER ${when} ON client_use_acknowledgements
BEGIN
  UPDATE endpoints SET next_check_at = min(next_check_at, strftime('%Y-%m-%dT%H:%M:%SZ', 'now')),
      due_count = due_count + 1
    WHERE seq IN (SELECT endpoint_seq FROM endpoint_projects WHERE project_id = ${row}.project_id);
END;`;

export const clientUseAcknowledgements: Migration = {
  name: '0037-client-use-acknowledgements',
  sql: `
CREATE TABLE client_use_acknowledgements (
  project_id TEXT PRIMARY KEY REFERENCES projects (id) ON DELETE CASCADE,
  -- The services that it covers, as a JSON array: a warning about another one is shown.
  uses TEXT NOT NULL,
  at TEXT NOT NULL,
  "by" TEXT NOT NULL,
  note TEXT NOT NULL
) STRICT;
${makeDue('given', 'INSERT', 'new')}
${makeDue('changed', 'UPDATE', 'new')}
${makeDue('withdrawn', 'DELETE', 'old')}
`,
};
