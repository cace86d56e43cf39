// Adds windows, rollouts and an order to deployments. Deployments from before do not stop at a failing host, as before.
import type { Migration } from './migration.ts';

export const windows: Migration = {
  name: '0029-windows',
  sql: `
ALTER TABLE deployments ADD COLUMN window TEXT;
ALTER TABLE deployments ADD COLUMN waiting TEXT;
ALTER TABLE deployments ADD COLUMN after_id TEXT;
ALTER TABLE deployments ADD COLUMN rollout TEXT NOT NULL
  DEFAULT '{"strategy":"all","stopOnFailure":false,"concurrency":10,"groups":[]}';
ALTER TABLE deployment_runs ADD COLUMN ignores_window INTEGER NOT NULL DEFAULT 0;
`,
};
