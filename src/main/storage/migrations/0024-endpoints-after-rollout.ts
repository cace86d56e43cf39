// Lets the endpoints of a project be checked when the last run of a rollout has ended, in the transaction that stores its
// end, so that a killed process does not lose it.
import type { Migration } from './migration.ts';

export const endpointsAfterRollout: Migration = {
  name: '0024-endpoints-after-rollout',
  sql: `
CREATE TRIGGER endpoints_due_rollout AFTER UPDATE OF state ON deployment_runs
  WHEN new.state IN ('deployed', 'verified', 'not-served', 'rolled-back', 'failed') AND old.state <> new.state
    AND NOT EXISTS (SELECT 1 FROM deployment_runs WHERE project_id = new.project_id
      AND (state IN ('running', 'waiting-for-window') OR (state = 'pending' AND attempts = 0)))
BEGIN
  UPDATE endpoints
    SET next_check_at = min(next_check_at, ifnull(new.finished_at, strftime('%Y-%m-%dT%H:%M:%SZ', 'now')))
    WHERE seq IN (SELECT endpoint_seq FROM endpoint_projects WHERE project_id = new.project_id);
END;
`,
};
