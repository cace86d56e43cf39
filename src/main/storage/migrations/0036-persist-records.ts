// The daily check of dns-persist-01 records, and the validation method in the simulator's index: a record that stays
// changes nothing in DNS, whoever created it.
import type { Migration } from './migration.ts';

export const persistRecords: Migration = {
  name: '0036-persist-records',
  sql: `
ALTER TABLE certificates ADD COLUMN challenge_type TEXT GENERATED ALWAYS AS (spec ->> '$.challengeType') VIRTUAL;
DROP INDEX certificates_simulated;
CREATE INDEX certificates_simulated ON certificates
  (type, ca, provider, challenge_type, staging, auto_renew, has_ari, lifetime_hours, name_count, attempt_day, domain)
  WHERE superseded_at IS NULL AND removed_at IS NULL AND revoked_at IS NULL;
CREATE INDEX certificates_persist ON certificates (project_id, id)
  WHERE superseded_at IS NULL AND removed_at IS NULL AND revoked_at IS NULL AND challenge_type = 'dns-persist-01';

CREATE TABLE persist_records (
  project_id TEXT PRIMARY KEY REFERENCES projects (id) ON DELETE CASCADE,
  -- The version whose names were checked: a new one is checked at once.
  certificate_id TEXT NOT NULL,
  state TEXT NOT NULL
    CHECK (state IN ('valid', 'unknown', 'ending', 'expired', 'no-wildcard', 'other-account', 'missing')),
  message TEXT NOT NULL,
  checked_at TEXT NOT NULL,
  next_check_at TEXT NOT NULL
) STRICT;
CREATE INDEX persist_records_alarmed ON persist_records (project_id) WHERE state NOT IN ('valid', 'unknown');
`,
};
