// The upload pages: certificates are dropped, selected or pasted, validated by the server, and stored on confirmation, in
// a project or in a new one.
import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { ListedProject } from '../../shared/project.ts';
import { failureOf, useApi } from '../api.ts';
import { obtain as obtainTexts } from '../messages/obtain.ts';
import { upload as uploadTexts } from '../messages/upload.ts';
import { messages } from '../messages.ts';
import { BackToList } from '../projects/back-to-list.tsx';
import { BackToProject } from '../projects/job-page.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { LinkButton } from '../ui/link.tsx';
import { Notice } from '../ui/notice.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { useUnsavedWarning } from '../ui/use-unsaved-warning.ts';
import { FileDropzone } from './upload/file-dropzone.tsx';
import { useUpload } from './upload/use-upload.ts';
import { Passphrase, Verdict } from './upload/verdict.tsx';
import { WaysToAdd } from './ways.tsx';

const text = uploadTexts;
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

export function NewUploadPage() {
  return (
    <Page title={messages.shell.newCertificate} width="narrow" above={<BackToList />}>
      <WaysToAdd />
      <UploadForm project={null} />
    </Page>
  );
}

function UploadForm({ project }: { readonly project: ListedProject | null }) {
  const navigate = useNavigate();
  const upload = useUpload(project?.id ?? null, (id) => {
    notifyDone(text.done);
    void navigate({
      to: '/projects/$id',
      params: { id },
      search: { tab: 'certificate' },
      ignoreBlocker: true,
    });
  });
  useUnsavedWarning(upload.given.length > 0);
  const { verdict, wantsPassphrase, missing, checking, storing, error } = upload;
  const hasCertificate = project !== null && project.certificate !== null;
  return (
    <Stack gap="lg">
      <Panel title={text.give}>
        <Stack gap="md">
          <FileDropzone upload={upload} />
          {wantsPassphrase && <Passphrase upload={upload} />}
        </Stack>
      </Panel>
      {error !== null && <UploadFailure error={error} />}
      {verdict !== null && !wantsPassphrase && missing === null && <Verdict validation={verdict} />}
      <Group justify="space-between">
        <Text c="dimmed" fz="sm">
          {hasCertificate ? text.replaces : text.notRenewed}
        </Text>
        <Group gap="xs">
          {project === null ? (
            <LinkButton variant="default" to="/projects">
              {messages.cancel}
            </LinkButton>
          ) : (
            <LinkButton variant="default" to="/projects/$id" params={{ id: project.id }}>
              {messages.cancel}
            </LinkButton>
          )}
          <Button
            onClick={upload.store}
            loading={checking || storing}
            disabled={verdict === null || !verdict.valid}
          >
            {text.submit}
          </Button>
        </Group>
      </Group>
    </Stack>
  );
}

/** A project that has the domain already is where the certificate belongs. */
function UploadFailure({ error }: { readonly error: unknown }) {
  const { body } = failureOf(error);
  if (body?.code !== 'DUPLICATE_DOMAIN') return <FailureNotice error={error} />;
  const { projectId, name } = Object(body.details);
  return (
    <Notice tone="warn" title={obtainTexts.duplicate} role="alert">
      <Text mb="xs">{text.duplicate(String(name))}</Text>
      <LinkButton size="xs" to="/projects/$id/upload" params={{ id: String(projectId) }}>
        {obtainTexts.openDuplicate(String(name))}
      </LinkButton>
    </Notice>
  );
}
