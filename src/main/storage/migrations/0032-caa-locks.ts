// Projects whose CAA records Certdesk watches, with the result of the last check.
import type { Migration } from './migration.ts';

export const caaLocks: Migration = {
  name: '0032-caa-locks',
  sql: `
CREATE TABLE caa_locks (
  project_id TEXT PRIMARY KEY REFERENCES projects (id) ON DELETE CASCADE,
  state TEXT NOT NULL CHECK (state IN ('locked', 'loose', 'open', 'forbidden', 'unknown')),
  message TEXT NOT NULL,
  checked_at TEXT NOT NULL,
  next_check_at TEXT NOT NULL
) STRICT;
CREATE INDEX caa_locks_due ON caa_locks (next_check_at);
CREATE INDEX caa_locks_forbidden ON caa_locks (project_id) WHERE state = 'forbidden';
`,
};
