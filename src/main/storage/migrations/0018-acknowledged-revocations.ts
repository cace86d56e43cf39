// Adds acknowledgements of revocations, after which the certificate no longer needs attention. The note belongs to the
// version and is deleted with it. `listing` has the time for the overview; a trigger maintains it.
import type { Migration } from './migration.ts';

const ACKNOWLEDGED_AT = `acknowledgement ->> '$.at'`;

const refresh = (name: string, when: string): string => `
CREATE TRIGGER ${name} AFTER ${when} ON certificates BEGIN
  UPDATE listing SET acknowledged_at = (SELECT ${ACKNOWLEDGED_AT} FROM certificates
      WHERE project_id = new.project_id AND superseded_at IS NULL AND removed_at IS NULL)
    WHERE project_id = new.project_id;
END;`;

export const acknowledgedRevocations: Migration = {
  name: '0018-acknowledged-revocations',
  sql: `
ALTER TABLE certificates ADD COLUMN acknowledgement TEXT;
ALTER TABLE listing ADD COLUMN acknowledged_at TEXT;
CREATE INDEX listing_acknowledged ON listing (acknowledged_at) WHERE acknowledged_at IS NOT NULL;
${refresh('listing_acknowledged_insert', 'INSERT')}
${refresh('listing_acknowledged_update', 'UPDATE OF project_id, acknowledgement, removed_at, superseded_at')}
`,
};
