// The form for a new credential or new values, with the provider's fields and a test before saving.
import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { type FormErrors, type UseFormReturnType, useForm } from '@mantine/form';
import { modals } from '@mantine/modals';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { DnsCredential, DnsProviderInfo } from '../../shared/dns-credential.ts';
import { useApi } from '../api.ts';
import { checkCredentials, filled } from '../certificates/credential-checks.ts';
import { CredentialFields } from '../certificates/credential-fields.tsx';
import { dns as dnsTexts } from '../messages/dns.ts';
import { messages } from '../messages.ts';
import { openDialog } from '../ui/dialog.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { checkRequiredLabel } from '../ui/field-checks.ts';
import { formErrors } from '../ui/form-errors.ts';
import { notifyDone } from '../ui/notify.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { TestResult } from '../ui/test-result.tsx';
import { LimitFields, type Limits, limitsOf, NO_LIMITS } from './limits.tsx';

const text = dnsTexts.form;

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

type CredentialFormState = UseFormReturnType<Values>;

/** Prefix of credential fields in the form's errors. */
const CREDENTIALS = 'credentials.';

const atFields = (errors: Readonly<Record<string, string>>): FormErrors =>
  Object.fromEntries(Object.entries(errors).map(([name, wrong]) => [`${CREDENTIALS}${name}`, wrong]));

interface Values {
  readonly name: string;
  readonly provider: string;
  readonly credentials: Record<string, string>;
  readonly limits: Limits;
  /** The test's zone; not stored. */
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
    validate: (values) => ({
      name: credential === undefined ? checkRequiredLabel(values.name) : null,
      ...credentialErrors(values),
    }),
  });
  const { save, tryOut } = useSave(credential);
  function credentialErrors({ provider: id, credentials: given }: Values): FormErrors {
    const chosen = providers.find((each) => each.id === id);
    return chosen === undefined ? {} : atFields(checkCredentials(chosen, given));
  }
  const provider = providers.find(({ id }) => id === form.values.provider);
  const credentials = filled(form.values.credentials);
  const zone = form.values.zone.trim();
  const refused = formErrors(
    save.error ?? tryOut.error,
    ['name', 'zones', ...fieldsOf(provider)],
    aliasesOf(provider),
  );
  const errorOf = (name: string): string | null =>
    (form.errors[`${CREDENTIALS}${name}`] as string | undefined) ?? refused[name] ?? null;
  const errors = Object.fromEntries(fieldsOf(provider).map((name) => [name, errorOf(name)]));
  const tryOutNow = (): void => {
    const wrong = credentialErrors(form.values);
    form.setErrors(wrong);
    if (Object.keys(wrong).length > 0) return;
    tryOut.mutate({
      body: { provider: form.values.provider, credentials, ...(zone === '' ? {} : { zone }) },
    });
  };
  const submit = ({ name, limits }: Values): void =>
    save.mutate({ name: name.trim(), provider: form.values.provider, credentials, limits });
  return (
    <form onSubmit={form.onSubmit(submit)} noValidate>
      <Stack gap="md">
        {credential !== undefined && <Text>{text.replaceText}</Text>}
        {credential === undefined && (
          <NewCredential
            providers={providers}
            form={form}
            nameError={refused.name}
            onProvider={() => {
              tryOut.reset();
              save.reset();
            }}
          />
        )}
        {provider !== undefined && (
          <CredentialFields
            provider={provider}
            hint={text.hint}
            values={form.values.credentials}
            errors={errors}
            onChange={(name, value) => {
              form.setFieldValue('credentials', { ...form.values.credentials, [name]: value });
              form.clearFieldError(`${CREDENTIALS}${name}`);
              // The last test result is about other values.
              tryOut.reset();
              save.reset();
            }}
          />
        )}
        {provider !== undefined && provider.credentials.length > 0 && (
          <TextInput
            label={dnsTexts.test.zone}
            description={dnsTexts.test.zoneHint}
            placeholder="example.com"
            {...form.getInputProps('zone')}
          />
        )}
        {credential === undefined && (
          <LimitFields
            value={form.values.limits}
            zonesError={refused.zones}
            onChange={(limits) => form.setFieldValue('limits', limits)}
          />
        )}
        {save.error !== null && Object.keys(refused).length === 0 && <FailureNotice error={save.error} />}
        <TestResult test={tryOut} success={dnsTexts.test.verified} />
        <Group justify="space-between" gap="xs">
          <Button variant="default" loading={tryOut.isPending} onClick={tryOutNow}>
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
  readonly form: CredentialFormState;
  /** The server's error about the name. */
  readonly nameError: string | undefined;
  onProvider(): void;
}

function NewCredential({ providers, form, nameError, onProvider }: NewProps) {
  return (
    <>
      <TextInput
        label={text.name}
        description={text.nameHint}
        data-autofocus
        autoComplete="off"
        {...form.getInputProps('name')}
        error={form.errors.name ?? nameError}
      />
      <Select
        label={text.provider}
        allowDeselect={false}
        searchable
        data={providers.map(({ id, name }) => ({ value: id, label: name }))}
        value={form.values.provider}
        onChange={(provider) => {
          form.setValues({ provider: provider ?? '', credentials: {} });
          form.clearErrors();
          onProvider();
        }}
      />
    </>
  );
}

/** Both requests contain secrets: gcTime 0 removes them from the cache immediately. */
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

function fieldsOf(provider: DnsProviderInfo | undefined): readonly string[] {
  return provider?.credentials.map(({ name }) => name) ?? [];
}

/** The server names a field by its path in the request. */
function aliasesOf(provider: DnsProviderInfo | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(fieldsOf(provider).map((name) => [`dnsCredentials.${name}`, name]));
}
