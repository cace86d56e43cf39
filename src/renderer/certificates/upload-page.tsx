// The upload page: certificates are dropped, selected or pasted, validated by the server, and stored on confirmation.
import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { ListedProject } from '../../shared/project.ts';
import { useApi } from '../api.ts';
import { messages } from '../messages.ts';
import { BackToProject } from '../projects/job-page.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { FileDropzone } from './upload/file-dropzone.tsx';
import { useUpload } from './upload/use-upload.ts';
import { Passphrase, Verdict } from './upload/verdict.tsx';

const text = messages.upload;
const route = getRouteApi('/projects/$id/upload');

export function UploadPage() {
  const { id } = route.useParams();
  const api = useApi();
  const project = useQuery(api.projects.get.queryOptions({ id }));
  const name = project.data?.domain ?? project.data?.name ?? '';
  return (
    <Page title={text.title(name)} width="narrow" above={<BackToProject id={id} label={name} />}>
      <QueryView query={project}>{(data) => <UploadForm key={data.id} project={data} />}</QueryView>
    </Page>
  );
}

function UploadForm({ project }: { readonly project: ListedProject }) {
  const { id, certificate } = project;
  const navigate = useNavigate();
  const upload = useUpload(id, () => {
    notifyDone(text.done);
    void navigate({ to: '/projects/$id', params: { id }, search: { tab: 'certificate' } });
  });
  const { verdict, wantsPassphrase, missing, checking, storing, error } = upload;
  return (
    <Stack gap="lg">
      <Panel title={text.give}>
        <Stack gap="md">
          <FileDropzone upload={upload} />
          {wantsPassphrase && <Passphrase upload={upload} />}
        </Stack>
      </Panel>
      {error !== null && <FailureNotice error={error} />}
      {verdict !== null && !wantsPassphrase && missing === null && <Verdict validation={verdict} />}
      <Group justify="space-between">
        <Text c="dimmed" fz="sm">
          {certificate === null ? text.notRenewed : text.replaces}
        </Text>
        <Button
          onClick={upload.store}
          loading={checking || storing}
          disabled={verdict === null || !verdict.valid}
        >
          {text.submit}
        </Button>
      </Group>
    </Stack>
  );
}
