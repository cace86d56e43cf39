// Adds an index of the certificates whose next attempt is deferred past their expiry: few, and every overview reads
// them.
import type { Migration } from './migration.ts';

export const listingLate: Migration = {
  name: '0010-listing-late',
  sql: `CREATE INDEX listing_late ON listing (expires_at)
  WHERE attempt_at >= expires_at AND revoked_at IS NULL;`,
};
