// Adds hosts, their credentials (values are in the secret store), deployments, the paths that they claim, and their
// runs. `deployments.state` is derived from the runs, and stored because lists count by it.
import type { Migration } from './migration.ts';

export const deployments: Migration = {
  name: '0022-deployments',
  sql: `
CREATE TABLE host_credentials (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  public_key TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE TABLE hosts (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  tags TEXT NOT NULL,
  transport TEXT NOT NULL,
  address TEXT,
  port INTEGER NOT NULL,
  user TEXT,
  credential_id TEXT REFERENCES host_credentials (id),
  host_keys TEXT NOT NULL,
  jump_host_id TEXT REFERENCES hosts (id),
  become TEXT NOT NULL,
  saved_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  last_contact_at TEXT,
  last_error TEXT,
  changed_key TEXT
) STRICT;
CREATE INDEX hosts_by_credential ON hosts (credential_id);
CREATE INDEX hosts_by_jump_host ON hosts (jump_host_id);
CREATE TABLE deployments (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  project_id TEXT NOT NULL REFERENCES projects (id),
  name TEXT NOT NULL COLLATE NOCASE,
  kind TEXT NOT NULL,
  recipe TEXT,
  hosts TEXT NOT NULL,
  tag TEXT GENERATED ALWAYS AS (hosts ->> '$.tag') VIRTUAL,
  enabled INTEGER NOT NULL,
  paused_by TEXT,
  files TEXT NOT NULL,
  command TEXT,
  script_sealed BLOB,
  steps TEXT NOT NULL,
  verify TEXT,
  state TEXT NOT NULL,
  state_at TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX deployments_by_name ON deployments (name, seq);
CREATE INDEX deployments_by_state ON deployments (state, name, seq);
CREATE INDEX deployments_of_project ON deployments (project_id, state, state_at);
CREATE INDEX deployments_of_tag ON deployments (tag) WHERE tag IS NOT NULL;
CREATE TABLE deployment_runs (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  deployment_id TEXT NOT NULL REFERENCES deployments (id) ON DELETE CASCADE,
  project_id TEXT NOT NULL,
  host_id TEXT NOT NULL,
  version_id TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  state TEXT NOT NULL,
  trigger TEXT NOT NULL,
  force INTEGER NOT NULL,
  steps TEXT NOT NULL,
  error TEXT,
  reload_owed INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  unsettled INTEGER NOT NULL,
  seen_before TEXT,
  created_at TEXT NOT NULL,
  started_at TEXT,
  finished_at TEXT,
  next_attempt_at TEXT
) STRICT;
CREATE INDEX deployment_runs_of ON deployment_runs (deployment_id, host_id, seq);
CREATE INDEX deployment_runs_due ON deployment_runs (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX deployment_runs_running ON deployment_runs (host_id) WHERE state = 'running';
CREATE INDEX deployment_runs_unsettled ON deployment_runs (host_id) WHERE unsettled = 1;
CREATE INDEX deployment_runs_by_state ON deployment_runs (state, project_id);
CREATE TABLE deployment_targets (
  deployment_id TEXT NOT NULL REFERENCES deployments (id) ON DELETE CASCADE,
  host_id TEXT NOT NULL REFERENCES hosts (id),
  run_id TEXT,
  forget_at TEXT,
  PRIMARY KEY (deployment_id, host_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX deployment_targets_to_forget ON deployment_targets (forget_at) WHERE forget_at IS NOT NULL;
CREATE INDEX deployment_targets_on ON deployment_targets (host_id);
CREATE TABLE deployment_claims (
  host_id TEXT NOT NULL REFERENCES hosts (id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  deployment_id TEXT NOT NULL REFERENCES deployments (id) ON DELETE CASCADE,
  PRIMARY KEY (host_id, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX deployment_claims_of ON deployment_claims (deployment_id, host_id);
`,
};
