// Adds the audit trail. Rows never change; engine/audit/ defines their content and the hash chain.
import type { Migration } from './migration.ts';

export const audit: Migration = {
  name: '0004-audit',
  sql: `
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id TEXT,
  actor_name TEXT NOT NULL,
  address TEXT,
  operation TEXT NOT NULL,
  project_id TEXT,
  job_id TEXT,
  result TEXT NOT NULL,
  message TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_of_project ON audit (project_id, seq) WHERE project_id IS NOT NULL;
CREATE INDEX audit_of_job ON audit (job_id, seq) WHERE job_id IS NOT NULL;
`,
};
