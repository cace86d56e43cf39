// Lets the overview and the list read only indexes for 10,000 projects: rows of certificates contain chain and key, and
// counting states from rows takes 30 times as long. `listed_certificates` names its index, because SQLite would not
// choose it without statistics.
import type { Migration } from './migration.ts';

export const listing: Migration = {
  name: '0003-listing',
  sql: `
-- The same rule as attemptAt in engine/certificates/renewal-plan.ts; test/storage/overview.test.ts holds the two against each other.
ALTER TABLE certificates ADD COLUMN attempt_at TEXT GENERATED ALWAYS AS (
  CASE WHEN auto_renew = 1 AND recipe IS NOT NULL
    AND revoked_at IS NULL AND removed_at IS NULL AND superseded_at IS NULL
  THEN max(ifnull(next_attempt_at, ''), strftime('%Y-%m-%dT%H:%M:%SZ',
    CASE WHEN unixepoch(expires_at) - unixepoch(issued_at) < 864000
      THEN unixepoch(expires_at) - (unixepoch(expires_at) - unixepoch(issued_at) + 1) / 2
      ELSE unixepoch(expires_at) - (unixepoch(expires_at) - unixepoch(issued_at) + 2) / 3
    END, 'unixepoch'))
  END) VIRTUAL;
ALTER TABLE certificates ADD COLUMN ca TEXT GENERATED ALWAYS AS (recipe ->> '$.ca') VIRTUAL;
ALTER TABLE certificates ADD COLUMN provider TEXT GENERATED ALWAYS AS (
  ifnull(recipe ->> '$.dnsProvider', recipe ->> '$.challengeType')) VIRTUAL;

CREATE INDEX certificates_listed ON certificates
  (project_id, expires_at, issued_at, revoked_at, failures, attempt_at, type, ca, provider)
  WHERE superseded_at IS NULL AND removed_at IS NULL;
CREATE VIEW listed_certificates AS
  SELECT project_id, expires_at, issued_at, revoked_at, failures, attempt_at, type, ca, provider
  FROM certificates INDEXED BY certificates_listed
  WHERE superseded_at IS NULL AND removed_at IS NULL;

CREATE INDEX projects_by_name ON projects (name COLLATE NOCASE, seq);
CREATE INDEX projects_by_domain ON projects (domain IS NULL, domain, seq);
CREATE INDEX jobs_failed ON jobs (project_id, seq) WHERE state = 'failed';
`,
};
