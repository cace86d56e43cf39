// Converts stored results of jobs from the format of the API's responses to the engine's own format.
import type { Migration } from './migration.ts';

export const jobResults: Migration = {
  name: '0019-job-results',
  sql: `
UPDATE jobs SET result = json_object('certificate', NULL)
  WHERE state = 'succeeded' AND json_type(result, '$.certificate') IS NULL;
UPDATE jobs SET result = json_object('certificate', json_object(
  'domain', result ->> '$.certificate.domain',
  'names', json(coalesce(
    result -> '$.certificate.names', input -> '$.recipe.names', input -> '$.replacement.recipe.names', '[]')),
  'type', coalesce(
    result ->> '$.certificate.type',
    iif(coalesce(input ->> '$.recipe.ca', input ->> '$.replacement.recipe.ca') = 'letsencrypt', 'letsencrypt', 'acme')),
  'issuedAt', result ->> '$.certificate.issuedAt',
  'expiresAt', result ->> '$.certificate.expiresAt',
  'issuerOrganization', result ->> '$.certificate.issuer',
  'autoRenew', json(iif(result ->> '$.certificate.autoRenew', 'true', 'false')),
  'staging', json(iif(result ->> '$.certificate.staging', 'true', 'false')),
  'renewedFrom', result ->> '$.certificate.renewedFrom'))
  WHERE json_type(result, '$.certificate') = 'object';
`,
};
