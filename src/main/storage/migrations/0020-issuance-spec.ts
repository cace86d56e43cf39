// Renames the settings of an issuance from recipe to issuance spec.
import type { Migration } from './migration.ts';

export const issuanceSpec: Migration = {
  name: '0020-issuance-spec',
  sql: `
ALTER TABLE certificates RENAME COLUMN recipe TO spec;
ALTER TABLE orders RENAME COLUMN recipe TO spec;
UPDATE jobs SET input = json_remove(json_set(input, '$.spec', input -> '$.recipe'), '$.recipe')
  WHERE json_type(input, '$.recipe') IS NOT NULL;
UPDATE jobs SET input = json_remove(
    json_set(input, '$.replacement.spec', input -> '$.replacement.recipe'), '$.replacement.recipe')
  WHERE json_type(input, '$.replacement.recipe') IS NOT NULL;
`,
};
