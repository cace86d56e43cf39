// A new credential, or new values for one: the fields that its provider declares, and a test before they are kept.
import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { type FormRulesRecord, type UseFormReturnType, useForm } from '@mantine/form';
import { modals } from '@mantine/modals';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { DnsCredential, DnsProviderInfo } from '../../shared/dns-credential.ts';
import { useApi } from '../api.ts';
import { CredentialFields } from '../certificates/credential-fields.tsx';
import { messages } from '../messages.ts';
import { openDialog } from '../ui/dialog.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { formErrors } from '../ui/form-errors.ts';
import { notifyDone } from '../ui/notify.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { TestResult } from '../ui/test-result.tsx';
import { LimitFields, type Limits, limitsOf, NO_LIMITS } from './limits.tsx';

const text = messages.dns.form;

export function openCreateCredential(): void {
  openDialog({ title: text.create, size: 'lg', children: <CredentialDialog /> });
}

export function openReplaceCredential(credential: DnsCredential): void {
  openDialog({
    title: text.replace(credential.name),
    size: 'lg',
    children: <CredentialDialog credential={credential} />,
  });
}

function CredentialDialog({ credential }: { readonly credential?: DnsCredential }) {
  const api = useApi();
  const providers = useQuery(api.system.dnsProviders.queryOptions());
  return (
    <QueryView query={providers}>
      {({ dnsProviders }) => (
        <CredentialForm
          providers={dnsProviders.filter(({ id, credentials }) =>
            credential === undefined ? credentials.length > 0 : id === credential.provider,
          )}
          {...(credential === undefined ? {} : { credential })}
        />
      )}
    </QueryView>
  );
}

interface FormProps {
  readonly providers: readonly DnsProviderInfo[];
  readonly credential?: DnsCredential;
}

type FormRules = FormRulesRecord<Values>;

interface Values {
  readonly name: string;
  readonly provider: string;
  readonly credentials: Record<string, string>;
  readonly limits: Limits;
  /** Where a test writes; not kept. */
  readonly zone: string;
}

function CredentialForm({ providers, credential }: FormProps) {
  const form = useForm<Values>({
    initialValues: {
      name: '',
      provider: credential?.provider ?? providers[0]?.id ?? '',
      credentials: {},
      limits: NO_LIMITS,
      zone: '',
    },
    validate: {
      name: (name) => (credential === undefined && name.trim() === '' ? text.nameMissing : null),
    },
  });
  const { save, tryOut } = useSave(credential);
  const provider = providers.find(({ id }) => id === form.values.provider);
  const credentials = filled(form.values.credentials);
  const zone = form.values.zone.trim();
  const errors = formErrors(save.error ?? tryOut.error, fieldsOf(provider), aliasesOf(provider));
  const submit = ({ name, limits }: Values): void =>
    save.mutate({ name: name.trim(), provider: form.values.provider, credentials, limits });
  return (
    <form onSubmit={form.onSubmit(submit)} noValidate>
      <Stack gap="md">
        {credential !== undefined && <Text>{text.replaceText}</Text>}
        {credential === undefined && (
          <NewCredential providers={providers} form={form} onProvider={() => tryOut.reset()} />
        )}
        {provider !== undefined && (
          <CredentialFields
            provider={provider}
            hint={text.hint}
            values={form.values.credentials}
            errors={errors}
            onChange={(name, value) => {
              form.setFieldValue('credentials', { ...form.values.credentials, [name]: value });
              // What was said of other values says nothing of these.
              tryOut.reset();
              save.reset();
            }}
          />
        )}
        {provider !== undefined && provider.credentials.length > 0 && (
          <TextInput
            label={messages.dns.test.zone}
            description={messages.dns.test.zoneHint}
            placeholder="example.com"
            {...form.getInputProps('zone')}
          />
        )}
        {credential === undefined && (
          <LimitFields
            value={form.values.limits}
            onChange={(limits) => form.setFieldValue('limits', limits)}
          />
        )}
        {save.error !== null && <FailureNotice error={save.error} />}
        <TestResult test={tryOut} fine={messages.dns.test.fine} />
        <Group justify="space-between" gap="xs">
          <Button
            variant="default"
            loading={tryOut.isPending}
            onClick={() =>
              tryOut.mutate({
                body: {
                  provider: form.values.provider,
                  credentials,
                  ...(zone === '' ? {} : { zone }),
                },
              })
            }
          >
            {text.test}
          </Button>
          <Group gap="xs">
            <Button variant="default" onClick={() => modals.closeAll()}>
              {messages.cancel}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {text.save}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}

interface NewProps {
  readonly providers: readonly DnsProviderInfo[];
  readonly form: UseFormReturnType<Values, Values, FormRules>;
  onProvider(): void;
}

function NewCredential({ providers, form, onProvider }: NewProps) {
  return (
    <>
      <TextInput
        label={text.name}
        description={text.nameHint}
        data-autofocus
        autoComplete="off"
        {...form.getInputProps('name')}
      />
      <Select
        label={text.provider}
        allowDeselect={false}
        searchable
        data={providers.map(({ id, name }) => ({ value: id, label: name }))}
        value={form.values.provider}
        onChange={(provider) => {
          form.setValues({ provider: provider ?? '', credentials: {} });
          onProvider();
        }}
      />
    </>
  );
}

/** Both calls carry secrets: neither is kept by the page when it is done. */
function useSave(credential: DnsCredential | undefined) {
  const api = useApi();
  const create = useMutation({ ...api.dnsCredentials.create.mutationOptions(), gcTime: 0 });
  const update = useMutation({ ...api.dnsCredentials.update.mutationOptions(), gcTime: 0 });
  const tryOut = useMutation({ ...api.dnsCredentials.tryOut.mutationOptions(), gcTime: 0 });
  const save = useMutation({
    gcTime: 0,
    mutationFn: ({ name, provider, credentials, limits }: Omit<Values, 'zone'>) =>
      credential === undefined
        ? create.mutateAsync({ body: { name, provider, credentials, ...limitsOf(limits) } })
        : update.mutateAsync({ credentialId: credential.id, body: { credentials } }),
    onSuccess: () => {
      modals.closeAll();
      notifyDone(text.saved);
    },
  });
  return { save, tryOut };
}

function filled(credentials: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(credentials).filter(([, value]) => value.trim() !== ''));
}

function fieldsOf(provider: DnsProviderInfo | undefined): readonly string[] {
  return provider?.credentials.map(({ name }) => name) ?? [];
}

/** The server names a field by its place in the request. */
function aliasesOf(provider: DnsProviderInfo | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(fieldsOf(provider).map((name) => [`dnsCredentials.${name}`, name]));
}
