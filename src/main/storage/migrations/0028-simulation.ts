// Adds an index with all that the simulator counts (engine/simulation), so that it groups 100,000 certificates without
// reading their rows.
import type { Migration } from './migration.ts';

export const simulation: Migration = {
  name: '0028-simulation',
  sql: `
ALTER TABLE certificates ADD COLUMN lifetime_hours INTEGER GENERATED ALWAYS AS (
  (unixepoch(expires_at) - unixepoch(issued_at) + 1800) / 3600) VIRTUAL;
ALTER TABLE certificates ADD COLUMN name_count INTEGER GENERATED ALWAYS AS (json_array_length(names)) VIRTUAL;
-- 1: the CA has suggested a window. 0: it has answered that it offers none. Null: it has not answered yet.
ALTER TABLE certificates ADD COLUMN has_ari INTEGER GENERATED ALWAYS AS (
  CASE WHEN ari ->> '$.window' IS NOT NULL THEN 1 WHEN ari ->> '$.checkedAt' IS NOT NULL THEN 0 END) VIRTUAL;
ALTER TABLE certificates ADD COLUMN attempt_day TEXT GENERATED ALWAYS AS (substr(attempt_at, 1, 10)) VIRTUAL;
CREATE INDEX certificates_simulated ON certificates
  (type, ca, provider, staging, auto_renew, has_ari, lifetime_hours, name_count, attempt_day, domain)
  WHERE superseded_at IS NULL AND removed_at IS NULL AND revoked_at IS NULL;
`,
};
