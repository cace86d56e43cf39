// The form that changes an endpoint.
import {
  Button,
  Checkbox,
  Group,
  NumberInput,
  Select,
  Stack,
  TagsInput,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import { PROTOCOLS, type Protocol } from '../../shared/endpoint.ts';
import type { EndpointDetail, UpdateEndpoint } from '../../shared/endpoint-record.ts';
import { useApi } from '../api.ts';
import { endpoints as endpointTexts } from '../messages/endpoints.ts';
import { messages } from '../messages.ts';
import { ProjectSelect } from '../tokens/project-select.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { FieldRow } from '../ui/field-row.tsx';
import { formErrors } from '../ui/form-errors.ts';
import { closeDone } from '../ui/notify.tsx';

const text = endpointTexts.edit;
const FIELDS = ['host', 'port', 'serverName', 'addresses', 'trust', 'intervalMinutes', 'projectIds'];

interface Values {
  readonly host: string;
  readonly port: number | string;
  readonly protocol: Protocol;
  readonly serverName: string;
  readonly addresses: string[];
  readonly projectIds: string[];
  readonly any: boolean;
  readonly trust: string;
  readonly intervalMinutes: number | string;
}

export function EditEndpoint({ endpoint }: { readonly endpoint: EndpointDetail }) {
  const api = useApi();
  const update = useMutation(api.endpoints.update.mutationOptions({ onSuccess: () => closeDone(text.done) }));
  const form = useForm<Values>({
    initialValues: {
      host: endpoint.host,
      port: endpoint.port,
      protocol: endpoint.protocol,
      serverName: endpoint.serverName ?? '',
      addresses: endpoint.addresses === 'all' ? [] : endpoint.addresses,
      projectIds: endpoint.projectIds,
      any: endpoint.expected === 'any',
      trust: endpoint.trust === 'system' ? '' : endpoint.trust,
      intervalMinutes: endpoint.intervalMinutes,
    },
  });
  const { error } = update;
  const atFields = error === null ? {} : formErrors(error, FIELDS);
  const field = (name: keyof Values) => ({
    ...form.getInputProps(name, name === 'any' ? { type: 'checkbox' } : {}),
    error: atFields[name],
  });
  return (
    <form
      onSubmit={form.onSubmit((values) =>
        update.mutate({ endpointId: endpoint.id, body: toChange(values, endpoint) }),
      )}
      noValidate
    >
      <Stack gap="md">
        {error !== null && Object.keys(atFields).length === 0 && <FailureNotice error={error} />}
        <TextInput
          label={text.host}
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          {...field('host')}
        />
        <FieldRow>
          <Select
            label={text.protocol}
            allowDeselect={false}
            data={PROTOCOLS.map((value) => ({ value, label: endpointTexts.protocols[value] }))}
            {...field('protocol')}
          />
          <NumberInput label={text.port} min={1} max={65_535} allowDecimal={false} {...field('port')} />
        </FieldRow>
        <TextInput
          label={text.serverName}
          description={text.serverNameHint}
          autoComplete="off"
          spellCheck={false}
          {...field('serverName')}
        />
        <ProjectSelect
          label={endpointTexts.adding.projects}
          description={endpointTexts.adding.projectsHint}
          value={form.values.projectIds}
          error={atFields.projectIds}
          onChange={(projectIds) => form.setFieldValue('projectIds', projectIds)}
        />
        <Checkbox label={text.any} description={text.anyHint} {...field('any')} />
        <TagsInput
          label={text.addresses}
          description={text.addressesHint}
          splitChars={[',', ' ', ';']}
          acceptValueOnBlur
          {...field('addresses')}
        />
        <NumberInput
          label={text.interval}
          min={5}
          max={10_080}
          allowDecimal={false}
          {...field('intervalMinutes')}
        />
        <Textarea
          label={text.trust}
          description={text.trustHint}
          autosize
          minRows={2}
          maxRows={6}
          spellCheck={false}
          {...field('trust')}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => modals.closeAll()}>
            {messages.cancel}
          </Button>
          <Button type="submit" loading={update.isPending}>
            {messages.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Only what changed: an address that is sent again belongs to the person who sends it. */
function toChange(values: Values, before: EndpointDetail): UpdateEndpoint {
  const { host, port, protocol, serverName, addresses, projectIds, any, trust, intervalMinutes } = values;
  const after: Required<UpdateEndpoint> = {
    host: host.trim(),
    port: Number(port),
    protocol,
    serverName: serverName.trim() === '' ? null : serverName.trim(),
    addresses: addresses.length === 0 ? 'all' : addresses,
    projectIds,
    expected: any ? 'any' : 'projects',
    trust: trust.trim() === '' ? 'system' : trust,
    intervalMinutes: Number(intervalMinutes),
  };
  return Object.fromEntries(
    Object.entries(after).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name as keyof EndpointDetail]),
    ),
  );
}
