// Which certificates have their next attempt put off beyond their end: there are few, and the overview looks for them
// each time.
import type { Migration } from './migration.ts';

export const listingLate: Migration = {
  name: '0010-listing-late',
  sql: `CREATE INDEX listing_late ON listing (expires_at)
  WHERE attempt_at >= expires_at AND revoked_at IS NULL;`,
};
