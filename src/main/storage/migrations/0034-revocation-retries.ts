// Revocations that the CA did not carry out although the replacement is active, and when Certdesk repeats each.
import type { Migration } from './migration.ts';

export const revocationRetries: Migration = {
  name: '0034-revocation-retries',
  sql: `
CREATE TABLE revocation_retries (
  certificate_id TEXT PRIMARY KEY REFERENCES certificates (id) ON DELETE CASCADE,
  project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  reason TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  failures INTEGER NOT NULL,
  next_attempt_at TEXT NOT NULL,
  last_attempt_at TEXT NOT NULL,
  last_error TEXT NOT NULL,
  last_error_code TEXT NOT NULL
) STRICT;
CREATE INDEX revocation_retries_of ON revocation_retries (project_id);
`,
};
