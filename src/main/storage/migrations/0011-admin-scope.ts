// Adds the scope admin to tokens with projects:write on all projects, which had access to the installation before the
// scope admin existed.
import type { Migration } from './migration.ts';

export const adminScope: Migration = {
  name: '0011-admin-scope',
  sql: `
UPDATE tokens SET scopes = json_insert(scopes, '$[#]', 'admin')
WHERE project_ids IS NULL
  AND EXISTS (SELECT 1 FROM json_each(tokens.scopes) WHERE value = 'projects:write');
`,
};
