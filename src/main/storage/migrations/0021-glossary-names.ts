// Renames a setting, an event kind, a notification kind and a state of messages as the glossary calls them.
import type { Migration } from './migration.ts';

export const glossaryNames: Migration = {
  name: '0021-glossary-names',
  sql: `
UPDATE settings SET value = json_remove(json_set(value, '$.concurrency', value -> '$.sideBySide'), '$.sideBySide')
  WHERE key = 'settings:renewals' AND json_type(value, '$.sideBySide') IS NOT NULL;
UPDATE settings SET key = 'desktop:notified' WHERE key = 'desktop:told';
UPDATE events SET kind = 'certificate.renewal-deferred' WHERE kind = 'certificate.renewal-put-off';
ALTER TABLE notification_states RENAME COLUMN told_at TO reported_at;
UPDATE notification_states SET kind = 'renewal_check_missed' WHERE kind = 'sweep_missed';
UPDATE notification_channels SET kinds = replace(kinds, '"sweep_missed"', '"renewal_check_missed"');
UPDATE notification_deliveries SET kind = 'renewal_check_missed' WHERE kind = 'sweep_missed';
UPDATE notification_deliveries SET message = json_set(message, '$.kind', 'renewal_check_missed')
  WHERE message ->> '$.kind' = 'sweep_missed';
UPDATE notification_deliveries SET message = json_set(message, '$.state', 'resolved')
  WHERE message ->> '$.state' = 'again';
`,
};
