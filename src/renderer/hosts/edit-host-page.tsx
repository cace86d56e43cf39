// Edits how Certdesk reaches a host.

import { Button, Group, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Host } from '../../shared/host.ts';
import { useApi } from '../api.ts';
import { hosts as hostTexts } from '../messages/hosts.ts';
import { messages } from '../messages.ts';
import { FailureNotice } from '../ui/failure.tsx';
import { formErrors } from '../ui/form-errors.ts';
import { LinkButton } from '../ui/link.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { useUnsavedWarning } from '../ui/use-unsaved-warning.ts';
import { BackToHosts } from './back-to-hosts.tsx';
import { CREDENTIAL_FIELDS, toCreate } from './credential-values.ts';
import { HostFields } from './host-fields.tsx';
import {
  checkHost,
  credentialNameOf,
  type HostErrors,
  type HostValues,
  NEW_HOST,
  newKindOf,
  toUpdateHost,
  valuesOfHost,
} from './host-values.ts';

const text = hostTexts.form;
const route = getRouteApi('/hosts/$hostId/edit');
const FIELDS = [...Object.keys(NEW_HOST), ...CREDENTIAL_FIELDS];

export function EditHostPage() {
  const { hostId } = route.useParams();
  const api = useApi();
  // Data that arrives later must not overwrite the user's input.
  const host = useQuery(api.hosts.get.queryOptions({ hostId }, { refetchOnWindowFocus: false }));
  return (
    <Page title={text.edit(host.data?.name ?? '')} width="narrow" above={<BackToHosts />}>
      <QueryView query={host}>{(data) => <EditForm key={data.id} host={data} />}</QueryView>
    </Page>
  );
}

function EditForm({ host }: { readonly host: Host }) {
  const navigate = useNavigate();
  const [initial] = useState(() => valuesOfHost(host));
  const [values, setValues] = useState(initial);
  const [wrong, setWrong] = useState<HostErrors>({});
  const save = useSave(host.id, (signIn) => setValues((before) => ({ ...before, signIn })));
  useUnsavedWarning(values !== initial && !save.isSuccess);
  const refused: HostErrors = formErrors(save.error, FIELDS, { credentialId: 'signIn' });
  const submit = (): void => {
    const found = checkHost(values);
    setWrong(found);
    if (Object.keys(found).length > 0) return;
    save.mutate(values, {
      onSuccess() {
        notifyDone(text.saved);
        void navigate({ to: '/hosts/$hostId', params: { hostId: host.id }, ignoreBlocker: true });
      },
    });
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack gap="lg">
        <Panel>
          <HostFields
            values={values}
            errors={{ ...refused, ...wrong }}
            hostId={host.id}
            onChange={(patch) => {
              setValues((before) => ({ ...before, ...patch }));
              setWrong({});
              save.reset();
            }}
          />
        </Panel>
        {save.error !== null && Object.keys(refused).length === 0 && <FailureNotice error={save.error} />}
        <Group justify="flex-end" gap="xs">
          <LinkButton variant="default" to="/hosts/$hostId" params={{ hostId: host.id }}>
            {messages.cancel}
          </LinkButton>
          <Button type="submit" loading={save.isPending}>
            {text.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Saves a new credential first, if one is chosen. */
function useSave(hostId: string, onCredential: (id: string) => void) {
  const api = useApi();
  const createCredential = useMutation({ ...api.hostCredentials.create.mutationOptions(), gcTime: 0 });
  const update = useMutation(api.hosts.update.mutationOptions());
  return useMutation({
    gcTime: 0,
    async mutationFn(values: HostValues) {
      const kind = values.transport === 'ssh' ? newKindOf(values) : null;
      let credentialId: string | null = values.signIn === '' ? null : values.signIn;
      if (kind !== null) {
        const body = toCreate(kind, credentialNameOf(values), values.credential);
        credentialId = (await createCredential.mutateAsync({ body })).id;
        onCredential(credentialId);
      }
      return update.mutateAsync({ hostId, body: toUpdateHost(values, credentialId) });
    },
  });
}
