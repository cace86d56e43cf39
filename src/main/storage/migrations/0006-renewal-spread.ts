// Adds a random time by which each certificate is renewed earlier, so that certificates issued within one hour do not
// all become due within one hour. Recreates attempt_at with its index and view, as in 0005.
import type { Migration } from './migration.ts';

export const renewalSpread: Migration = {
  name: '0006-renewal-spread',
  sql: `
DROP VIEW listed_certificates;
DROP INDEX certificates_listed;
ALTER TABLE certificates DROP COLUMN attempt_at;

-- Seconds, drawn once a certificate: up to a fiftieth of its lifetime.
ALTER TABLE certificates ADD COLUMN earlier INTEGER NOT NULL DEFAULT 0;
UPDATE certificates SET earlier = abs(random() % max(1, (unixepoch(expires_at) - unixepoch(issued_at)) / 50))
  WHERE recipe IS NOT NULL AND superseded_at IS NULL AND removed_at IS NULL;

-- The same rule as attemptAt in engine/certificates/renewal-plan.ts; test/storage/overview.test.ts holds the two against each other.
ALTER TABLE certificates ADD COLUMN attempt_at TEXT GENERATED ALWAYS AS (
  CASE WHEN auto_renew = 1 AND recipe IS NOT NULL AND waits_for IS NULL
    AND removed_at IS NULL AND superseded_at IS NULL
  THEN max(ifnull(next_attempt_at, ''), coalesce(revoked_at, ari ->> '$.renewAt', strftime('%Y-%m-%dT%H:%M:%SZ',
    CASE WHEN unixepoch(expires_at) - unixepoch(issued_at) < 864000
      THEN unixepoch(expires_at) - (unixepoch(expires_at) - unixepoch(issued_at) + 1) / 2
      ELSE unixepoch(expires_at) - (unixepoch(expires_at) - unixepoch(issued_at) + 2) / 3
    END - earlier, 'unixepoch')))
  END) VIRTUAL;
CREATE INDEX certificates_listed ON certificates
  (project_id, expires_at, issued_at, revoked_at, failures, attempt_at, type, ca, provider)
  WHERE superseded_at IS NULL AND removed_at IS NULL;
CREATE VIEW listed_certificates AS
  SELECT project_id, expires_at, issued_at, revoked_at, failures, attempt_at, type, ca, provider
  FROM certificates INDEXED BY certificates_listed
  WHERE superseded_at IS NULL AND removed_at IS NULL;
`,
};
