// The fields that a recipe declares.
import { Stack, TextInput } from '@mantine/core';
import type { RecipeInfo } from '../../shared/deployment.ts';
import { defaultOf, type PartProps } from './deployment-values.ts';

export interface RecipeFieldsProps extends PartProps {
  readonly fields: RecipeInfo['fields'];
  readonly domain: string | null;
}

export function RecipeFields({ fields, domain, values, errors, onChange }: RecipeFieldsProps) {
  return (
    <Stack gap="md">
      {fields.map(({ name, label, help, required, default: standard }) => (
        <TextInput
          key={name}
          label={label}
          description={help}
          withAsterisk={required}
          autoComplete="off"
          spellCheck={false}
          value={values.options[name] ?? defaultOf(standard, domain)}
          error={errors[`options.${name}`]}
          onChange={({ currentTarget: { value } }) =>
            onChange({ options: { ...values.options, [name]: value } })
          }
        />
      ))}
    </Stack>
  );
}
