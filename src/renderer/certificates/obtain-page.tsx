// Obtains a certificate: names, proof, options; the job's steps are shown as soon as it has begun.
import {
  Button,
  Group,
  SegmentedControl,
  Select,
  Stack,
  Switch,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { Project } from '../../shared/project.ts';
import { useApi } from '../api.ts';
import { messages } from '../messages.ts';
import { BackToProject } from '../projects/job-page.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { formErrors } from '../ui/form-errors.ts';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { CredentialFields } from './credential-fields.tsx';
import { KEYS, type ObtainValues, toRequest } from './obtain-values.ts';
import { useToJob } from './renew-dialog.tsx';

const text = messages.obtain;
const route = getRouteApi('/projects/$id/obtain');
const FIELDS = ['altNames', 'challengeType', 'dnsProvider', 'email', 'ca', 'staging'];

export function ObtainPage() {
  const { id } = route.useParams();
  const api = useApi();
  const project = useQuery(api.projects.get.queryOptions({ id }));
  const name = project.data?.domain ?? project.data?.name ?? '';
  return (
    <Page title={text.title(name)} width="narrow" above={<BackToProject id={id} label={name} />}>
      <QueryView query={project}>{(data) => <ObtainForm key={data.id} project={data} />}</QueryView>
    </Page>
  );
}

function ObtainForm({ project }: { readonly project: Project }) {
  const api = useApi();
  const toJob = useToJob(project.id);
  const obtain = useMutation(api.certificates.obtain.mutationOptions({ onSuccess: toJob }));
  const form = useForm<ObtainValues>({ initialValues: initialValues(project) });
  const errors = obtain.error === null ? {} : formErrors(obtain.error, FIELDS);
  const submit = (dryRun: boolean) => () =>
    obtain.mutate({ id: project.id, body: toRequest(form.values, dryRun) });
  return (
    <form onSubmit={form.onSubmit(submit(false))} noValidate>
      <Stack gap="lg">
        {obtain.error !== null && Object.keys(errors).length === 0 && <FailureNotice error={obtain.error} />}
        <Panel title={text.names}>
          <Text fw={600} mb="xs">
            {project.domain}
          </Text>
          <TagsInput
            label={messages.projects.create.altNames}
            description={text.namesHint}
            splitChars={[',', ' ', ';']}
            acceptValueOnBlur
            {...form.getInputProps('altNames')}
            error={errors.altNames}
          />
        </Panel>
        <Proof form={form} errors={errors} />
        <Options form={form} errors={errors} />
        <Group justify="flex-end" gap="sm">
          <Text c="dimmed" fz="sm" mr="auto" maw={380}>
            {text.dryRunHint}
          </Text>
          <Button variant="default" onClick={submit(true)} loading={obtain.isPending}>
            {text.dryRun}
          </Button>
          <Button type="submit" loading={obtain.isPending}>
            {text.submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface PartProps {
  readonly form: ReturnType<typeof useForm<ObtainValues>>;
  readonly errors: Readonly<Record<string, string>>;
}

function Proof({ form, errors }: PartProps) {
  const api = useApi();
  const providers = useQuery(api.system.dnsProviders.queryOptions());
  const { challengeType, dnsProvider, credentials } = form.values;
  const provider = providers.data?.dnsProviders.find(({ id }) => id === dnsProvider);
  return (
    <Panel title={text.proof}>
      <Stack gap="sm">
        <SegmentedControl
          aria-label={text.proof}
          data={[
            { value: 'http-01', label: text.http },
            { value: 'dns-01', label: text.dns },
          ]}
          {...form.getInputProps('challengeType')}
        />
        <Text c={errors.challengeType === undefined ? 'dimmed' : 'red'}>
          {errors.challengeType ?? (challengeType === 'http-01' ? text.httpHint : text.dnsHint)}
        </Text>
        {challengeType === 'dns-01' && (
          <Select
            label={text.provider}
            searchable
            data={(providers.data?.dnsProviders ?? []).map(({ id, name }) => ({ value: id, label: name }))}
            value={dnsProvider === '' ? null : dnsProvider}
            onChange={(next) => form.setValues({ dnsProvider: next ?? '', credentials: {} })}
            error={errors.dnsProvider}
          />
        )}
        {challengeType === 'dns-01' && provider !== undefined && (
          <CredentialFields
            provider={provider}
            values={credentials}
            onChange={(name, value) => form.setFieldValue('credentials', { ...credentials, [name]: value })}
          />
        )}
      </Stack>
    </Panel>
  );
}

function Options({ form, errors }: PartProps) {
  const api = useApi();
  const cas = useQuery(api.system.cas.queryOptions());
  return (
    <Panel title={text.options}>
      <Stack gap="sm">
        <Select
          label={text.keyType}
          allowDeselect={false}
          data={KEYS.map((value) => ({ value, label: text.keys[value] }))}
          {...form.getInputProps('key')}
        />
        <Select
          label={text.ca}
          allowDeselect={false}
          data={(cas.data?.cas ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          {...form.getInputProps('ca')}
          error={errors.ca}
        />
        <TextInput
          label={text.email}
          description={text.emailHint}
          type="email"
          {...form.getInputProps('email')}
          error={errors.email}
        />
        <Switch label={text.autoRenew} {...form.getInputProps('autoRenew', { type: 'checkbox' })} />
        <Switch
          label={text.staging}
          {...form.getInputProps('staging', { type: 'checkbox' })}
          error={errors.staging}
        />
      </Stack>
    </Panel>
  );
}

function initialValues({ altNames }: Project): ObtainValues {
  return {
    altNames: [...altNames],
    challengeType: altNames.some((name) => name.startsWith('*.')) ? 'dns-01' : 'http-01',
    dnsProvider: '',
    credentials: {},
    key: 'ec-256',
    email: '',
    ca: 'letsencrypt',
    autoRenew: true,
    staging: false,
  };
}
