// Reported problems of deployments belong to the rollout of a version, so that the next detection does not take them for
// resolved or new.
import type { Migration } from './migration.ts';

export const rolloutMessages: Migration = {
  name: '0035-rollout-messages',
  sql: `
UPDATE OR IGNORE notification_states SET key = 'rollout:' || project_id || ':' || (
  SELECT version_id FROM deployment_runs
  WHERE deployment_runs.project_id = notification_states.project_id
    AND state IN ('failed', 'rolled-back', 'not-served')
  ORDER BY created_at DESC LIMIT 1
) WHERE key LIKE 'deployment:%' AND EXISTS (
  SELECT 1 FROM deployment_runs
  WHERE deployment_runs.project_id = notification_states.project_id
    AND state IN ('failed', 'rolled-back', 'not-served')
);
DELETE FROM notification_states WHERE key LIKE 'deployment:%';
`,
};
