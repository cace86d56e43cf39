// The DNS-01 part of the form: saved or new credentials, with the fields that the provider declares, and a test.
import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { failureOf, fieldIssues, useApi } from '../../api.ts';
import { obtain as obtainTexts } from '../../messages/obtain.ts';
import { FailureNotice } from '../../ui/failure.tsx';
import { Notice } from '../../ui/notice.tsx';
import { filled } from '../credential-checks.ts';
import { CredentialFields } from '../credential-fields.tsx';
import { requestErrors } from './request-errors.ts';
import type { RequestState } from './use-request.ts';

const text = obtainTexts;

export function DnsValidation({ request }: { readonly request: RequestState }) {
  const { form, saved, ownProvider, providers } = request;
  const nameOf = (id: string): string => providers.find((each) => each.id === id)?.name ?? id;
  const sources = [
    ...(ownProvider === null ? [] : [{ value: 'project', label: text.sources.project(ownProvider.name) }]),
    ...saved.map(({ id, name, provider }) => ({
      value: id,
      label: text.credentialName(name, nameOf(provider)),
    })),
    { value: 'new', label: text.sources.new },
  ];
  return (
    <Stack gap="md">
      {sources.length > 1 && (
        <Select label={text.source} allowDeselect={false} data={sources} {...form.getInputProps('source')} />
      )}
      {form.values.source === 'new' && <NewCredentials request={request} />}
      {form.values.source === 'project' ? (
        <Text c="dimmed" fz="sm">
          {text.projectStored}
        </Text>
      ) : (
        <CredentialTest key={`${form.values.source} ${form.values.dnsProvider}`} request={request} />
      )}
    </Stack>
  );
}

function NewCredentials({ request: { form, provider, providers } }: { readonly request: RequestState }) {
  const errors = Object.fromEntries(
    Object.entries(form.errors).flatMap(([field, error]) =>
      field.startsWith('credentials.') ? [[field.slice('credentials.'.length), String(error)]] : [],
    ),
  );
  return (
    <>
      <Select
        label={text.provider}
        searchable
        withAsterisk
        data={providers.map(({ id, name }) => ({ value: id, label: name }))}
        value={form.values.dnsProvider === '' ? null : form.values.dnsProvider}
        onChange={(next) => {
          form.setValues({ dnsProvider: next ?? '', credentials: {} });
          form.clearErrors();
        }}
        error={form.errors.dnsProvider}
      />
      {provider !== undefined && (
        <CredentialFields
          provider={provider}
          hint={text.storageHint}
          errors={errors}
          values={form.values.credentials}
          onChange={(name, value) => {
            form.setFieldValue('credentials', { ...form.values.credentials, [name]: value });
            form.clearFieldError(`credentials.${name}`);
          }}
        />
      )}
    </>
  );
}

function CredentialTest({ request }: { readonly request: RequestState }) {
  const { form, provider } = request;
  const { source, credentials } = form.values;
  const [zone, setZone] = useState('');
  const test = useCredentialTest(request, zone);
  if (source === 'new' && (provider === undefined || provider.credentials.length === 0)) return null;
  const errors = test.error === null ? {} : requestErrors(test.error, { ca: '', source });
  const wantsZone = zone !== '' || asksForZone(test.error);
  const run = (): void =>
    test.mutate(filled(credentials), {
      onError: (error) => void form.setErrors(requestErrors(error, { ca: '', source })),
    });
  return (
    <Stack gap="sm">
      {wantsZone && (
        <TextInput
          label={text.testZone}
          value={zone}
          onChange={(event) => setZone(event.currentTarget.value)}
          spellCheck={false}
        />
      )}
      <Group gap="sm">
        <Button variant="default" loading={test.isPending} onClick={run}>
          {text.test}
        </Button>
        <Text c="dimmed" fz="sm">
          {text.testHint}
        </Text>
      </Group>
      {test.data !== undefined && (
        <Notice tone="ok" role="status">
          {test.data.message}
        </Notice>
      )}
      {test.error !== null && Object.keys(errors).length === 0 && <FailureNotice error={test.error} />}
    </Stack>
  );
}

/** The input contains secrets: gcTime 0 removes it from the cache immediately. */
function useCredentialTest({ form }: RequestState, zone: string) {
  const api = useApi();
  const kept = useMutation({ ...api.dnsCredentials.test.mutationOptions(), gcTime: 0 });
  const given = useMutation({ ...api.dnsCredentials.tryOut.mutationOptions(), gcTime: 0 });
  const { source, dnsProvider } = form.values;
  const at = zone.trim() === '' ? {} : { zone: zone.trim() };
  return useMutation({
    gcTime: 0,
    mutationFn: (credentials: Record<string, string>) =>
      source === 'new'
        ? given.mutateAsync({ body: { provider: dnsProvider, credentials, ...at } })
        : kept.mutateAsync({ credentialId: source, body: at }),
  });
}

function asksForZone(error: unknown): boolean {
  const { body } = failureOf(error);
  return body !== null && fieldIssues(body).some(({ field }) => field === 'zone');
}
