// Stores who saved an address, because a private address works only if a signed-in user saved it. Existing addresses
// stay reachable: mail servers, webhooks that were allowed private addresses, DNS credentials, ACME directories with an
// account.
import type { Migration } from './migration.ts';

const PERSON = `'{"kind":"window","id":null,"name":"an earlier version"}'`;
const TOKEN = `'{"kind":"token","id":null,"name":"an earlier version"}'`;

export const savedBy: Migration = {
  name: '0013-saved-by',
  sql: `
ALTER TABLE notification_channels ADD COLUMN saved_by TEXT NOT NULL DEFAULT ${TOKEN};
UPDATE notification_channels SET saved_by = ${PERSON}
  WHERE email IS NOT NULL OR webhook ->> 'allowPrivate' = 1;
UPDATE notification_channels SET webhook = json_remove(webhook, '$.allowPrivate') WHERE webhook IS NOT NULL;

ALTER TABLE dns_credentials ADD COLUMN saved_by TEXT NOT NULL DEFAULT ${PERSON};

INSERT INTO settings (key, value)
  SELECT 'acme-directories', json_group_object(directory_url, json(${PERSON}))
  FROM (SELECT DISTINCT directory_url FROM accounts) HAVING count(*) > 0;
`,
};
