// Chooses the service: a recipe, or files or a command without one.

import { Select, Text } from '@mantine/core';
import type { RecipeInfo } from '../../shared/deployment.ts';
import { HOSTLESS_KINDS } from '../../shared/deployment-kinds.ts';
import { deployments as deploymentTexts } from '../messages/deployments.ts';

const text = deploymentTexts.form;

export interface ServiceChoiceProps {
  readonly recipes: readonly RecipeInfo[];
  readonly service: string;
  onChange(service: string): void;
}

export function ServiceChoice({ recipes, service, onChange }: ServiceChoiceProps) {
  const description = recipes.find(({ id }) => id === service)?.description ?? OTHERS[service]?.hint;
  return (
    <div>
      <Select
        label={text.what}
        allowDeselect={false}
        withAsterisk
        data={[
          { group: text.recipes, items: recipes.map(({ id, name }) => ({ value: id, label: name })) },
          {
            group: text.withoutRecipe,
            items: Object.entries(OTHERS).map(([value, { label }]) => ({ value, label })),
          },
        ]}
        value={service}
        onChange={(value) => value !== null && onChange(value)}
      />
      {description !== undefined && (
        <Text fz="sm" c="dimmed" mt={4}>
          {description}
        </Text>
      )}
    </div>
  );
}

const OTHERS: Readonly<Record<string, { readonly label: string; readonly hint: string }>> = {
  files: { label: text.customFiles, hint: text.customFilesHint },
  command: { label: text.customCommand, hint: text.customCommandHint },
  'aws-acm': { label: HOSTLESS_KINDS['aws-acm'], hint: text.awsAcmHint },
  'acme-sh-hook': { label: text.acmeShHook, hint: text.acmeShHookHint },
};
