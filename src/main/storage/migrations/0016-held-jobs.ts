// Jobs count the unclean ends of Certdesk in a row that they were running at, and may be held back for a while.
import type { Migration } from './migration.ts';

export const heldJobs: Migration = {
  name: '0016-held-jobs',
  sql: `
ALTER TABLE jobs ADD COLUMN unclean_ends INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN held_until TEXT;
`,
};
