// Lets Certdesk follow finalized orders until their certificate is available. Stores the time of the finalization, the
// issuance settings, and the CA's response when the order was created, which some CAs do not repeat.
import type { Migration } from './migration.ts';

export const followedOrders: Migration = {
  name: '0015-followed-orders',
  sql: `
ALTER TABLE orders ADD COLUMN finalized_at TEXT;
ALTER TABLE orders ADD COLUMN as_created TEXT; -- JSON
ALTER TABLE orders ADD COLUMN recipe TEXT; -- JSON
-- The version before stored the key right before it sent the CSR: such an order may have been finalized.
UPDATE orders SET finalized_at = updated_at WHERE url IS NOT NULL AND key_sealed IS NOT NULL;
`,
};
