// Deployments without a host: their options, and what a script of acme.sh has saved (sealed). Their only target has the
// id of the deployment instead of a host's, so targets no longer reference hosts; the engine keeps them in line.
import type { Migration } from './migration.ts';

export const hostlessDeployments: Migration = {
  name: '0033-hostless-deployments',
  sql: `
ALTER TABLE deployments ADD COLUMN options TEXT NOT NULL DEFAULT '{}';
ALTER TABLE deployments ADD COLUMN saved_sealed BLOB;
CREATE TABLE deployment_targets_new (
  deployment_id TEXT NOT NULL REFERENCES deployments (id) ON DELETE CASCADE,
  host_id TEXT NOT NULL,
  run_id TEXT,
  forget_at TEXT,
  PRIMARY KEY (deployment_id, host_id)
) STRICT, WITHOUT ROWID;
INSERT INTO deployment_targets_new SELECT deployment_id, host_id, run_id, forget_at FROM deployment_targets;
DROP TABLE deployment_targets;
ALTER TABLE deployment_targets_new RENAME TO deployment_targets;
CREATE INDEX deployment_targets_to_forget ON deployment_targets (forget_at) WHERE forget_at IS NOT NULL;
CREATE INDEX deployment_targets_on ON deployment_targets (host_id);
`,
};
