// Stores the next key of a CA account before the request for a key change (RFC 8555 section 7.3.5), so that a crash
// before the response is stored loses neither key.
import type { Migration } from './migration.ts';

export const accountRollover: Migration = {
  name: '0008-account-rollover',
  sql: 'ALTER TABLE accounts ADD COLUMN next_key_sealed BLOB;',
};
