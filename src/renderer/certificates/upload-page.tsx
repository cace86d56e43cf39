// Uploads a certificate: checked by the server before anything is stored.
import { Button, Group, List, PasswordInput, Stack, Text, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { Validation } from '../../shared/certificate.ts';
import { useApi } from '../api.ts';
import { messages } from '../messages.ts';
import { BackToProject } from '../projects/job-page.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { Notice } from '../ui/notice.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';

const text = messages.upload;
const route = getRouteApi('/projects/$id/upload');

export function UploadPage() {
  const { id } = route.useParams();
  const api = useApi();
  const project = useQuery(api.projects.get.queryOptions({ id }));
  const name = project.data?.domain ?? project.data?.name ?? '';
  return (
    <Page title={text.title(name)} width="narrow" above={<BackToProject id={id} label={name} />}>
      <QueryView query={project}>{() => <UploadForm id={id} />}</QueryView>
    </Page>
  );
}

function UploadForm({ id }: { readonly id: string }) {
  const api = useApi();
  const navigate = useNavigate();
  const form = useForm({ initialValues: { certificate: '', privateKey: '', passphrase: '' } });
  const check = useMutation(api.certificates.validate.mutationOptions());
  const upload = useMutation(api.certificates.upload.mutationOptions());
  const body = () => {
    const { certificate, privateKey, passphrase } = form.values;
    return { certificate, privateKey, ...(passphrase === '' ? {} : { passphrase }) };
  };
  const submit = (): void =>
    upload.mutate(
      { id, body: body() },
      {
        onSuccess() {
          // The key leaves the page's memory with the form.
          form.reset();
          notifyDone(text.done);
          void navigate({ to: '/projects/$id', params: { id }, search: { tab: 'certificate' } });
        },
      },
    );
  const error = upload.error ?? check.error;
  return (
    <form onSubmit={form.onSubmit(submit)} noValidate>
      <Stack gap="lg">
        {error !== null && <FailureNotice error={error} />}
        {check.data !== undefined && <Verdict validation={check.data} />}
        <Panel>
          <Stack gap="sm">
            <Textarea
              label={text.certificate}
              description={text.certificateHint}
              autosize
              minRows={5}
              maxRows={12}
              spellCheck={false}
              {...form.getInputProps('certificate')}
            />
            <Textarea
              label={text.privateKey}
              autosize
              minRows={5}
              maxRows={12}
              spellCheck={false}
              autoComplete="off"
              {...form.getInputProps('privateKey')}
            />
            <PasswordInput
              label={text.passphrase}
              description={text.passphraseHint}
              autoComplete="off"
              {...form.getInputProps('passphrase')}
            />
          </Stack>
        </Panel>
        <Group justify="flex-end">
          <Button
            variant="default"
            loading={check.isPending}
            onClick={() => check.mutate({ id, body: body() })}
          >
            {text.check}
          </Button>
          <Button type="submit" loading={upload.isPending}>
            {text.submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Verdict({ validation }: { readonly validation: Validation }) {
  if (!validation.valid) return <Notice tone="bad" title={validation.error} role="alert" />;
  const { issuer, names, expiresAt, warnings } = validation;
  return (
    <Notice tone={warnings.length === 0 ? 'ok' : 'warn'} title={text.valid(issuer)} role="status">
      <Text>
        {text.names}: {names.join(', ')}
      </Text>
      <Text>
        {text.validTo}: {new Date(expiresAt).toLocaleString()}
      </Text>
      {warnings.length > 0 && (
        <List mt="xs">
          {warnings.map((warning) => (
            <List.Item key={warning}>{warning}</List.Item>
          ))}
        </List>
      )}
    </Notice>
  );
}
