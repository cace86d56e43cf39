// Subscribes the channels that hear of failures to those of deployments.
import type { Migration } from './migration.ts';

const addKind = (kind: string): string => `
UPDATE notification_channels SET kinds = json_insert(kinds, '$[#]', '${kind}')
  WHERE EXISTS (SELECT 1 FROM json_each(kinds) WHERE value = 'failed')
    AND NOT EXISTS (SELECT 1 FROM json_each(kinds) WHERE value = '${kind}');`;

export const deploymentMessages: Migration = {
  name: '0025-deployment-messages',
  sql: `${addKind('deploy_failed')}
${addKind('host_key_changed')}
`,
};
