// Saved DNS credentials can be limited to projects and zones; those that there are stay without limits.
import type { Migration } from './migration.ts';

export const credentialLimits: Migration = {
  name: '0014-credential-limits',
  sql: `
ALTER TABLE dns_credentials ADD COLUMN project_ids TEXT;
ALTER TABLE dns_credentials ADD COLUMN zones TEXT;
`,
};
