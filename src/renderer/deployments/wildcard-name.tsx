// A wildcard names no host, so the check of the served certificate needs a name below it.

import { TextInput } from '@mantine/core';
import type { RecipeInfo } from '../../shared/deployment.ts';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import type { PartProps } from './deployment-values.ts';

const text = deploymentTexts.form;

export interface WildcardNameProps extends PartProps {
  readonly recipe: RecipeInfo | undefined;
  readonly domain: string | null;
}

export function WildcardName({ recipe, domain, values, errors, onChange }: WildcardNameProps) {
  if (recipe?.verify == null || domain?.startsWith('*.') !== true || values.custom) return null;
  return (
    <TextInput
      label={text.serverName}
      description={text.wildcardName}
      placeholder={`www.${domain.slice(2)}`}
      withAsterisk
      autoComplete="off"
      spellCheck={false}
      value={values.serverName}
      error={errors.serverName}
      onChange={(event) => onChange({ serverName: event.currentTarget.value })}
    />
  );
}
