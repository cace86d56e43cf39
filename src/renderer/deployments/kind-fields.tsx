// The fields of a deployment without a host.
import { Select, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../api.ts';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import type { PartProps } from './deployment-values.ts';
import { type HostlessService, KIND_FIELDS } from './kind-options.ts';

const text = deploymentTexts.form.kindFields;

export function KindFields({
  service,
  values,
  errors,
  onChange,
}: PartProps & { readonly service: HostlessService }) {
  const set = (name: string, value: string): void =>
    onChange({ options: { ...values.options, [name]: value } });
  return (
    <Stack gap="md">
      {KIND_FIELDS[service].map(({ name, required }) => {
        const props = {
          label: text[name].label,
          description: text[name].hint,
          withAsterisk: required,
          error: errors[`options.${name}`],
        };
        const value = values.options[name] ?? '';
        return name === 'credentialId' ? (
          <AwsKeys key={name} {...props} value={value} onChange={(id) => set(name, id)} />
        ) : (
          <TextInput
            key={name}
            {...props}
            autoComplete="off"
            spellCheck={false}
            value={value}
            onChange={({ currentTarget }) => set(name, currentTarget.value)}
          />
        );
      })}
    </Stack>
  );
}

interface AwsKeysProps {
  readonly label: string;
  readonly description: string;
  readonly error: string | undefined;
  readonly value: string;
  onChange(id: string): void;
}

function AwsKeys({ value, onChange, ...props }: AwsKeysProps) {
  const api = useApi();
  const { data } = useQuery(api.hostCredentials.list.queryOptions());
  const keys = (data?.hostCredentials ?? []).filter(({ kind }) => kind === 'aws');
  return (
    <Select
      {...props}
      clearable
      placeholder={text.serverKeys}
      data={keys.map(({ id, name }) => ({ value: id, label: name }))}
      value={value === '' ? null : value}
      onChange={(id) => onChange(id ?? '')}
    />
  );
}
