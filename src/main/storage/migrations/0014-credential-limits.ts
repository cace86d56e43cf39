// Lets saved DNS credentials be limited to projects and zones; existing ones have no limits.
import type { Migration } from './migration.ts';

export const credentialLimits: Migration = {
  name: '0014-credential-limits',
  sql: `
ALTER TABLE dns_credentials ADD COLUMN project_ids TEXT;
ALTER TABLE dns_credentials ADD COLUMN zones TEXT;
`,
};
