// A form with the fields that a DNS provider declares.
import { Anchor, Divider, PasswordInput, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import type { DnsProviderInfo } from '../../shared/dns-credential.ts';
import { obtain as obtainTexts } from '../messages/obtain.ts';
import { checkCredential } from './credential-checks.ts';

const text = obtainTexts;

export interface CredentialFieldsProps {
  readonly provider: DnsProviderInfo;
  readonly values: Readonly<Record<string, string>>;
  onChange(name: string, value: string): void;
  /** The hint below each field. By default it says that empty fields keep the stored values. */
  readonly hint?: string;
  /** Error message by field name. */
  readonly errors?: Readonly<Record<string, string | null>>;
}

export function CredentialFields(props: CredentialFieldsProps) {
  const { provider, values, onChange, hint = text.storedHint, errors = {} } = props;
  const { credentials: fields } = provider;
  const second = fields.filter(({ alternativeTo }) => alternativeTo !== undefined);
  const alternatives = [...Map.groupBy(second, ({ alternativeTo = '' }) => alternativeTo)];
  const labelOf = (name: string) => fields.find((field) => field.name === name)?.label ?? name;
  const show = (field: DnsProviderInfo['credentials'][number]) => (
    <CredentialField
      key={field.name}
      field={field}
      value={values[field.name] ?? ''}
      error={errors[field.name] ?? null}
      onChange={(value) => onChange(field.name, value)}
    />
  );
  return (
    <Stack gap="sm">
      <Text c="dimmed" fz="sm" style={{ overflowWrap: 'anywhere' }}>
        {text.providerHint(provider.permissions)}{' '}
        <Anchor href={provider.docs} target="_blank" rel="noreferrer" fz="sm" underline="always">
          {text.providerDocs}
        </Anchor>
      </Text>
      {fields.filter(({ alternativeTo }) => alternativeTo === undefined).map(show)}
      {alternatives.map(([original, others]) => (
        <Stack gap="sm" key={original}>
          <Divider label={text.insteadOf(labelOf(original))} labelPosition="left" />
          {others.map(show)}
        </Stack>
      ))}
      {provider.credentials.length > 0 && (
        <Text c="dimmed" fz="sm">
          {hint}
        </Text>
      )}
    </Stack>
  );
}

interface FieldProps {
  readonly field: DnsProviderInfo['credentials'][number];
  readonly value: string;
  readonly error: string | null;
  onChange(value: string): void;
}

function CredentialField({ field, value, error, onChange }: FieldProps) {
  const common = {
    label: field.label,
    description: field.help,
    value,
    autoComplete: 'off',
    withAsterisk: field.required,
    error,
  } as const;
  if (field.type === 'choice') {
    return (
      <Select
        label={field.label}
        description={field.help}
        data={field.choices ?? []}
        error={error}
        value={value === '' ? (field.default ?? null) : value}
        onChange={(next) => onChange(next ?? '')}
      />
    );
  }
  if (field.type === 'json' || field.type === 'lines') {
    return (
      <Textarea
        {...common}
        autosize
        minRows={3}
        maxRows={10}
        spellCheck={false}
        error={error ?? checkCredential(field, value)}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  const change = (event: { readonly currentTarget: { readonly value: string } }) =>
    onChange(event.currentTarget.value);
  return field.secret ? (
    <PasswordInput {...common} onChange={change} />
  ) : (
    <TextInput {...common} spellCheck={false} onChange={change} />
  );
}
