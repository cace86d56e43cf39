// Adds to `listing` the first name of a project that its active certificate does not cover. After a change of its
// names, a project needs attention until it has a certificate for them. Triggers maintain the column.
import type { Migration } from './migration.ts';

/** The same rule as coversName in shared/names.ts; test/storage/overview.test.ts compares the two. */
const UNCOVERED = (projectId: string): string => `
  (SELECT wanted.name
    FROM certificates AS active, (
      SELECT 0 AS place, domain AS name FROM projects WHERE id = ${projectId}
      UNION ALL
      SELECT 1 + each.key, each.value FROM projects, json_each(projects.alt_names) AS each WHERE projects.id = ${projectId}
    ) AS wanted
    WHERE active.project_id = ${projectId} AND active.superseded_at IS NULL AND active.removed_at IS NULL
      AND wanted.name IS NOT NULL
      AND NOT EXISTS (
        SELECT 1 FROM json_each(active.names) AS held
        WHERE held.value IN (wanted.name, '*.' || substr(wanted.name, instr(wanted.name, '.') + 1))
      )
    ORDER BY wanted.place LIMIT 1)`;

const refresh = (name: string, when: string, projectId: string): string => `
CREATE TRIGGER ${name} AFTER ${when} BEGIN
  UPDATE listing SET uncovered = ${UNCOVERED(projectId)} WHERE project_id = ${projectId};
END;`;

export const uncoveredNames: Migration = {
  name: '0017-uncovered-names',
  sql: `
ALTER TABLE listing ADD COLUMN uncovered TEXT;
UPDATE listing SET uncovered = ${UNCOVERED('listing.project_id')} WHERE expires_at IS NOT NULL;
CREATE INDEX listing_uncovered ON listing (expires_at) WHERE uncovered IS NOT NULL;
${refresh('listing_uncovered_insert', 'INSERT ON certificates', 'new.project_id')}
${refresh('listing_uncovered_update', 'UPDATE OF project_id, names, removed_at, superseded_at ON certificates', 'new.project_id')}
${refresh('listing_uncovered_delete', 'DELETE ON certificates', 'old.project_id')}
${refresh('listing_uncovered_project', 'UPDATE OF domain, alt_names ON projects', 'new.id')}
-- Who hears of failures hears of what waits for a person too.
UPDATE notification_channels SET kinds = json_insert(kinds, '$[#]', 'action_needed')
  WHERE EXISTS (SELECT 1 FROM json_each(kinds) WHERE value = 'failed');
`,
};
