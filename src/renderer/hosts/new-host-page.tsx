// Adds a host: its address and credential first, then a person compares its keys.

import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { HostKey } from '../../shared/host.ts';
import { useApi } from '../api.ts';
import { hosts as hostTexts } from '../messages/hosts.ts';
import { messages } from '../messages.ts';
import { Disclosure } from '../ui/disclosure.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { formErrors } from '../ui/form-errors.ts';
import { LinkButton } from '../ui/link.tsx';
import { Notice } from '../ui/notice.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { useUnsavedWarning } from '../ui/use-unsaved-warning.ts';
import { BackToHosts } from './back-to-hosts.tsx';
import { CompareKnownHosts } from './compare-known-hosts.tsx';
import { CREDENTIAL_FIELDS, toCreate } from './credential-values.ts';
import { HostFields } from './host-fields.tsx';
import { HostKeyChoice, HowToCompare } from './host-keys.tsx';
import {
  checkHost,
  credentialNameOf,
  type HostErrors,
  type HostValues,
  NEW_HOST,
  newKindOf,
  toCreateHost,
} from './host-values.ts';

const text = hostTexts;
const route = getRouteApi('/hosts/new');
const FIELDS = [...Object.keys(NEW_HOST), ...CREDENTIAL_FIELDS, 'hostKeys'];
const ALIASES = { credentialId: 'signIn' };

export function NewHostPage() {
  const { project, recipe } = route.useSearch();
  const navigate = useNavigate();
  const [values, setValues] = useState(NEW_HOST);
  const [wrong, setWrong] = useState<HostErrors>({});
  const [keys, setKeys] = useState<readonly HostKey[] | null>(null);
  const scan = useScan(setKeys);
  const save = useSaveHost((credentialId) => setValues((before) => ({ ...before, signIn: credentialId })));
  useUnsavedWarning(values !== NEW_HOST && !save.isSuccess);
  const deploy = recipe === undefined ? {} : { recipe };
  const refused: HostErrors = formErrors(save.error ?? scan.error, FIELDS, ALIASES);

  const change = (patch: Partial<HostValues>): void => {
    setValues((before) => ({ ...before, ...patch }));
    setWrong({});
    setKeys(null);
    scan.reset();
    save.reset();
  };
  const add = (hostKeys: readonly HostKey[]): void =>
    save.mutate(
      { values, hostKeys },
      {
        onSuccess({ id }) {
          notifyDone(text.form.added);
          if (project === undefined)
            void navigate({
              to: '/hosts/$hostId',
              params: { hostId: id },
              search: { test: true },
              ignoreBlocker: true,
            });
          else
            void navigate({
              to: '/projects/$id/deploy',
              params: { id: project },
              search: { ...deploy, host: id },
              ignoreBlocker: true,
            });
        },
      },
    );
  const submit = (): void => {
    const found = checkHost(values);
    setWrong(found);
    if (Object.keys(found).length > 0) return;
    const { address, port, jumpHostId } = toCreateHost(values, null, []);
    if (address === null) add([]);
    else scan.mutate({ body: { address, port, jumpHostId } });
  };
  const local = values.transport === 'local';
  const failure = save.error ?? scan.error;
  return (
    <Page title={text.form.title} width="narrow" above={<BackToHosts />}>
      <Stack gap="lg">
        {keys === null ? (
          <form
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              submit();
            }}
          >
            <Stack gap="lg">
              <Panel>
                <HostFields values={values} errors={{ ...refused, ...wrong }} onChange={change} />
              </Panel>
              {failure !== null && Object.keys(refused).length === 0 && <FailureNotice error={failure} />}
              <Group justify="flex-end" gap="xs">
                {project === undefined ? (
                  <LinkButton variant="default" to="/hosts">
                    {messages.cancel}
                  </LinkButton>
                ) : (
                  <LinkButton
                    variant="default"
                    to="/projects/$id/deploy"
                    params={{ id: project }}
                    search={deploy}
                  >
                    {messages.cancel}
                  </LinkButton>
                )}
                <Button type="submit" loading={scan.isPending || save.isPending}>
                  {local ? text.form.submit : text.form.scan}
                </Button>
              </Group>
            </Stack>
          </form>
        ) : (
          <CompareKeys
            keys={keys}
            address={values.address.trim()}
            port={Number(values.port)}
            error={save.error}
            pending={save.isPending}
            onBack={() => {
              setKeys(null);
              save.reset();
            }}
            onConfirm={add}
          />
        )}
      </Stack>
    </Page>
  );
}

interface CompareKeysProps {
  readonly keys: readonly HostKey[];
  readonly address: string;
  readonly port: number;
  readonly error: unknown;
  readonly pending: boolean;
  onBack(): void;
  onConfirm(chosen: readonly HostKey[]): void;
}

function CompareKeys({ keys, address, port, error, pending, onBack, onConfirm }: CompareKeysProps) {
  const [chosen, setChosen] = useState<readonly HostKey[]>([]);
  const [missing, setMissing] = useState(false);
  const confirm = (): void => {
    setMissing(chosen.length === 0);
    if (chosen.length > 0) onConfirm(chosen);
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        confirm();
      }}
    >
      <Stack gap="lg">
        <Panel title={text.keys.title}>
          <Stack gap="md">
            <Text>{text.keys.text}</Text>
            {keys.length === 0 ? (
              <Notice tone="bad" title={text.keys.none} role="alert" />
            ) : (
              <>
                <HowToCompare />
                <HostKeyChoice
                  keys={keys}
                  chosen={chosen}
                  error={missing ? text.keys.noneChosen : null}
                  onChange={(next) => {
                    setChosen(next);
                    setMissing(false);
                  }}
                />
                <Disclosure label={text.knownHosts.compare.open}>
                  <CompareKnownHosts
                    keys={keys}
                    address={address}
                    port={port}
                    onFound={(found) => {
                      setChosen(found);
                      setMissing(false);
                    }}
                  />
                </Disclosure>
              </>
            )}
          </Stack>
        </Panel>
        {error !== null && <FailureNotice error={error} />}
        <Group justify="space-between">
          <Button variant="default" onClick={onBack}>
            {text.keys.back}
          </Button>
          {keys.length > 0 && (
            <Button type="submit" loading={pending}>
              {text.form.submit}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}

function useScan(onKeys: (keys: readonly HostKey[]) => void) {
  const api = useApi();
  return useMutation(api.hosts.scanKeys.mutationOptions({ onSuccess: ({ keys }) => onKeys(keys) }));
}

interface Saved {
  readonly values: HostValues;
  readonly hostKeys: readonly HostKey[];
}

/**
 * Saves a new credential, then the host. The request contains secrets: gcTime 0 removes them from the cache.
 * @param onCredential Called with the saved credential, which a second attempt must not create again.
 */
function useSaveHost(onCredential: (id: string) => void) {
  const api = useApi();
  const createCredential = useMutation({ ...api.hostCredentials.create.mutationOptions(), gcTime: 0 });
  const create = useMutation(api.hosts.create.mutationOptions());
  return useMutation({
    gcTime: 0,
    async mutationFn({ values, hostKeys }: Saved) {
      const kind = values.transport === 'ssh' ? newKindOf(values) : null;
      let credentialId: string | null = values.transport === 'ssh' ? values.signIn : null;
      if (kind !== null) {
        const body = toCreate(kind, credentialNameOf(values), values.credential);
        credentialId = (await createCredential.mutateAsync({ body })).id;
        onCredential(credentialId);
      }
      return create.mutateAsync({ body: toCreateHost(values, credentialId, hostKeys) });
    },
  });
}
