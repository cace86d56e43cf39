// Tokens that could reach the whole installation keep that: projects:write on all projects was enough for it before
// there was the scope admin.
import type { Migration } from './migration.ts';

export const adminScope: Migration = {
  name: '0011-admin-scope',
  sql: `
UPDATE tokens SET scopes = json_insert(scopes, '$[#]', 'admin')
WHERE project_ids IS NULL
  AND EXISTS (SELECT 1 FROM json_each(tokens.scopes) WHERE value = 'projects:write');
`,
};
