// The dialog for a new credential, or for new values of a saved one.

import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import {
  HOST_CREDENTIAL_KIND_LABELS,
  HOST_CREDENTIAL_KINDS,
  type HostCredential,
  type HostCredentialKind,
} from '../../shared/host.ts';
import { useApi } from '../api.ts';
import { hosts as hostTexts } from '../messages/hosts.ts';
import { messages } from '../messages.ts';
import { openDialog } from '../ui/dialog.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { checkRequiredLabel } from '../ui/field-checks.ts';
import { formErrors } from '../ui/form-errors.ts';
import { closeDone } from '../ui/notify.tsx';
import { CredentialFields } from './credential-fields.tsx';
import {
  CREDENTIAL_FIELDS,
  type CredentialField,
  checkCredential,
  NO_CREDENTIAL,
  toCreate,
  toUpdate,
} from './credential-values.ts';

const text = hostTexts.credentials.form;

export function openCreateHostCredential(): void {
  openDialog({ title: text.create, size: 'lg', children: <CredentialForm /> });
}

export function openReplaceHostCredential(credential: HostCredential): void {
  openDialog({
    title: text.replace(credential.name),
    size: 'lg',
    children: <CredentialForm credential={credential} />,
  });
}

type Errors = Partial<Record<CredentialField | 'name', string>>;

function CredentialForm({ credential }: { readonly credential?: HostCredential }) {
  const [name, setName] = useState('');
  const [kind, setKind] = useState<HostCredentialKind>(credential?.kind ?? 'ssh-key');
  const [values, setValues] = useState(NO_CREDENTIAL);
  const [wrong, setWrong] = useState<Errors>({});
  const save = useSave(credential);
  const refused: Errors = formErrors(save.error, ['name', ...CREDENTIAL_FIELDS]);
  const errors = { ...refused, ...wrong };
  const edited = (): void => {
    setWrong({});
    save.reset();
  };
  const submit = (): void => {
    const nameError = credential === undefined ? checkRequiredLabel(name) : null;
    const found = { ...checkCredential(kind, values), ...(nameError === null ? {} : { name: nameError }) };
    setWrong(found);
    if (Object.keys(found).length > 0) return;
    save.mutate({ name: name.trim(), kind, values });
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack gap="md">
        {credential === undefined ? (
          <>
            <TextInput
              label={text.name}
              description={text.nameHint}
              data-autofocus
              autoComplete="off"
              withAsterisk
              value={name}
              error={errors.name}
              onChange={(event) => {
                setName(event.currentTarget.value);
                edited();
              }}
            />
            <Select
              label={text.kind}
              allowDeselect={false}
              data={HOST_CREDENTIAL_KINDS.map((value) => ({
                value,
                label: HOST_CREDENTIAL_KIND_LABELS[value],
              }))}
              value={kind}
              onChange={(value) => {
                setKind(value as HostCredentialKind);
                edited();
              }}
            />
          </>
        ) : (
          <Text>{text.replaceText}</Text>
        )}
        <CredentialFields
          kind={kind}
          values={values}
          errors={errors}
          onChange={(field, value) => {
            setValues((before) => ({ ...before, [field]: value }));
            edited();
          }}
        />
        {save.error !== null && Object.keys(refused).length === 0 && <FailureNotice error={save.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => modals.closeAll()}>
            {messages.cancel}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {text.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface Saved {
  readonly name: string;
  readonly kind: HostCredentialKind;
  readonly values: typeof NO_CREDENTIAL;
}

/** The requests contain secrets: gcTime 0 removes them from the cache immediately. */
function useSave(credential: HostCredential | undefined) {
  const api = useApi();
  const create = useMutation({ ...api.hostCredentials.create.mutationOptions(), gcTime: 0 });
  const update = useMutation({ ...api.hostCredentials.update.mutationOptions(), gcTime: 0 });
  return useMutation({
    gcTime: 0,
    mutationFn: ({ name, kind, values }: Saved) =>
      credential === undefined
        ? create.mutateAsync({ body: toCreate(kind, name, values) })
        : update.mutateAsync({ hostCredentialId: credential.id, body: toUpdate(kind, values) }),
    onSuccess: () => closeDone(text.saved),
  });
}
