// A CA account's next key, while the CA is asked to take it (RFC 8555 section 7.3.5): stored before that, so that a kill
// between the CA's word and ours loses neither.
import type { Migration } from './migration.ts';

export const accountRollover: Migration = {
  name: '0008-account-rollover',
  sql: 'ALTER TABLE accounts ADD COLUMN next_key_sealed BLOB;',
};
