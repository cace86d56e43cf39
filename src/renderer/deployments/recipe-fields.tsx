// The fields that a recipe declares.
import { Select, Stack, TextInput } from '@mantine/core';
import type { RecipeInfo } from '../../shared/deployment.ts';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import { defaultOf, type PartProps } from './deployment-values.ts';
import { useSecrets } from './file-fields.tsx';

const text = deploymentTexts.form;

export interface RecipeFieldsProps extends PartProps {
  readonly fields: RecipeInfo['fields'];
  readonly domain: string | null;
}

/** Renders nothing once the user changes files and commands: these replace what the recipe makes of its fields. */
export function RecipeFields({ fields, domain, values, errors, onChange }: RecipeFieldsProps) {
  if (values.custom) return null;
  return (
    <Stack gap="md">
      {fields.map(({ name, label, help, required, secret, default: standard }) => {
        const common = {
          label,
          description: help,
          withAsterisk: required,
          error: errors[`options.${name}`],
        };
        const change = (value: string) => onChange({ options: { ...values.options, [name]: value } });
        return secret === true ? (
          <SecretChoice key={name} {...common} value={values.options[name]} onChange={change} />
        ) : (
          <TextInput
            key={name}
            {...common}
            autoComplete="off"
            spellCheck={false}
            value={values.options[name] ?? defaultOf(standard, domain)}
            onChange={({ currentTarget: { value } }) => change(value)}
          />
        );
      })}
    </Stack>
  );
}

interface SecretChoiceProps {
  readonly label: string;
  readonly description: string;
  readonly withAsterisk: boolean;
  readonly error: string | undefined;
  readonly value: string | undefined;
  onChange(value: string): void;
}

/** A host credential of the kind `secret`. */
function SecretChoice({ value, onChange, ...props }: SecretChoiceProps) {
  return (
    <Select
      {...props}
      data={useSecrets()}
      value={value ?? null}
      onChange={(id) => onChange(id ?? '')}
      nothingFoundMessage={text.noSecrets}
    />
  );
}
