// Adds the state of renewals: the CA's suggestion (ARI), reasons for deferral, and the usage of rate limits. Recreates
// the column attempt_at with its view and index, because SQLite cannot change the expression of a column.
import type { Migration } from './migration.ts';

export const renewal: Migration = {
  name: '0005-renewal',
  sql: `
DROP VIEW listed_certificates;
DROP INDEX certificates_listed;
ALTER TABLE certificates DROP COLUMN attempt_at;

ALTER TABLE certificates ADD COLUMN last_error_code TEXT;
ALTER TABLE certificates ADD COLUMN waits_for TEXT;
ALTER TABLE certificates ADD COLUMN put_off TEXT;
ALTER TABLE certificates ADD COLUMN ari TEXT;
ALTER TABLE certificates ADD COLUMN revocation_check TEXT;

-- The same rule as attemptAt in engine/certificates/renewal-plan.ts; test/storage/overview.test.ts holds the two against each other.
ALTER TABLE certificates ADD COLUMN attempt_at TEXT GENERATED ALWAYS AS (
  CASE WHEN auto_renew = 1 AND recipe IS NOT NULL AND waits_for IS NULL
    AND removed_at IS NULL AND superseded_at IS NULL
  THEN max(ifnull(next_attempt_at, ''), coalesce(revoked_at, ari ->> '$.renewAt', strftime('%Y-%m-%dT%H:%M:%SZ',
    CASE WHEN unixepoch(expires_at) - unixepoch(issued_at) < 864000
      THEN unixepoch(expires_at) - (unixepoch(expires_at) - unixepoch(issued_at) + 1) / 2
      ELSE unixepoch(expires_at) - (unixepoch(expires_at) - unixepoch(issued_at) + 2) / 3
    END, 'unixepoch')))
  END) VIRTUAL;
CREATE INDEX certificates_listed ON certificates
  (project_id, expires_at, issued_at, revoked_at, failures, attempt_at, type, ca, provider)
  WHERE superseded_at IS NULL AND removed_at IS NULL;
CREATE VIEW listed_certificates AS
  SELECT project_id, expires_at, issued_at, revoked_at, failures, attempt_at, type, ca, provider
  FROM certificates INDEXED BY certificates_listed
  WHERE superseded_at IS NULL AND removed_at IS NULL;

-- When the CA is to be asked next; an empty text is at once. Only of what is in use and not revoked.
ALTER TABLE certificates ADD COLUMN ari_check_at TEXT GENERATED ALWAYS AS (
  CASE WHEN recipe IS NOT NULL AND revoked_at IS NULL AND removed_at IS NULL AND superseded_at IS NULL
  THEN ifnull(ari ->> '$.checkAt', '') END) VIRTUAL;
CREATE INDEX certificates_ari ON certificates (ari_check_at) WHERE ari_check_at IS NOT NULL;
ALTER TABLE certificates ADD COLUMN revocation_check_at TEXT GENERATED ALWAYS AS (
  CASE WHEN revoked_at IS NULL AND removed_at IS NULL AND superseded_at IS NULL
  THEN ifnull(revocation_check ->> '$.checkAt', '') END) VIRTUAL;
CREATE INDEX certificates_revocation ON certificates (revocation_check_at) WHERE revocation_check_at IS NOT NULL;
CREATE INDEX certificates_removed ON certificates (removed_at) WHERE removed_at IS NOT NULL;
CREATE INDEX certificates_superseded ON certificates (expires_at) WHERE superseded_at IS NOT NULL;

-- What was used of a CA's limits: one row an order, a certificate of a registered domain or of a set of names, a
-- failed authorization of a name.
CREATE TABLE ca_usage (
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  directory_url TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL
) STRICT;
CREATE INDEX ca_usage_of ON ca_usage (directory_url, kind, subject, at);
CREATE INDEX ca_usage_by_time ON ca_usage (at);
`,
};
