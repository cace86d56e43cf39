// When the certificates of a project change, what its endpoints were last seen to present says nothing about the new one.
// Times cannot tell: they are in whole seconds, and a check that runs meanwhile ends later.
import type { Migration } from './migration.ts';

/** Replaces a trigger of 0027. @param when A certificate of `new.project_id` changed. */
const forgetServed = (name: string, when: string, at: string): string => `
DROP TRIGGER ${name};
CREATE TRIGGER ${name} AFTER ${when}
BEGIN
  UPDATE endpoints SET next_check_at = min(next_check_at, ${at}), due_count = due_count + 1,
      served = iif(served IS NULL, NULL, 'unknown')
    WHERE seq IN (SELECT endpoint_seq FROM endpoint_projects WHERE project_id = new.project_id);
END;`;

export const endpointServedUnknown: Migration = {
  name: '0031-endpoint-served-unknown',
  sql: `
${forgetServed('endpoints_due_insert', 'INSERT ON certificates', 'new.stored_at')}
${forgetServed('endpoints_due_update', 'UPDATE OF superseded_at, removed_at ON certificates', `strftime('%Y-%m-%dT%H:%M:%SZ', 'now')`)}
`,
};
