// Counts for each job how often in a row Certdesk crashed while it ran; such a job can be held back for a while.
import type { Migration } from './migration.ts';

export const heldJobs: Migration = {
  name: '0016-held-jobs',
  sql: `
ALTER TABLE jobs ADD COLUMN unclean_ends INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN held_until TEXT;
`,
};
