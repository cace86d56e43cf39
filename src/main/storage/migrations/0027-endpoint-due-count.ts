// Counts how often a new certificate or the end of a rollout has made an endpoint due. A check that was running then may
// have seen the state before, so it must not postpone the next one.
import type { Migration } from './migration.ts';

/** Replaces a trigger of an earlier migration. @param when A certificate or run of `new.project_id` changed. */
const countDue = (name: string, when: string, at: string): string => `
DROP TRIGGER ${name};
CREATE TRIGGER ${name} AFTER ${when}
BEGIN
  UPDATE endpoints SET next_check_at = min(next_check_at, ${at}), due_count = due_count + 1
    WHERE seq IN (SELECT endpoint_seq FROM endpoint_projects WHERE project_id = new.project_id);
END;`;

const NOW = `strftime('%Y-%m-%dT%H:%M:%SZ', 'now')`;

const LAST_RUN_ENDS = `UPDATE OF state ON deployment_runs
  WHEN new.state IN ('deployed', 'verified', 'not-served', 'rolled-back', 'failed') AND old.state <> new.state
    AND NOT EXISTS (SELECT 1 FROM deployment_runs WHERE project_id = new.project_id
      AND (state IN ('running', 'waiting-for-window') OR (state = 'pending' AND attempts = 0)))`;

export const endpointDueCount: Migration = {
  name: '0027-endpoint-due-count',
  sql: `
ALTER TABLE endpoints ADD COLUMN due_count INTEGER NOT NULL DEFAULT 0;
${countDue('endpoints_due_insert', 'INSERT ON certificates', 'new.stored_at')}
${countDue('endpoints_due_update', 'UPDATE OF superseded_at, removed_at ON certificates', NOW)}
${countDue('endpoints_due_rollout', LAST_RUN_ENDS, `ifnull(new.finished_at, ${NOW})`)}
`,
};
