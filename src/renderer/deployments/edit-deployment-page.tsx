// Edits a deployment. Its recipe has done its part, so all files and commands are in the form.

import { Button, Group, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { Deployment } from '../../shared/deployment.ts';
import { useApi } from '../api.ts';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import { messages } from '../messages.ts';
import { BackToProject } from '../projects/job-page.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { LinkButton } from '../ui/link.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { DeploymentFields, NameField } from './deployment-fields.tsx';
import { checkDeployment, toUpdateDeployment, valuesOfDeployment } from './deployment-values.ts';
import { DraftTest } from './draft-test.tsx';
import { HostChoice } from './host-choice.tsx';
import { isHostlessService } from './kind-options.ts';
import { RolloutFields } from './rollout-fields.tsx';
import { useDeploymentForm } from './use-deployment-form.ts';
import { WindowFields } from './window-fields.tsx';

const text = deploymentTexts.form;
const route = getRouteApi('/deployments/$deploymentId/edit');

export function EditDeploymentPage() {
  const { deploymentId } = route.useParams();
  const api = useApi();
  // Data that arrives later must not overwrite the user's input.
  const deployment = useQuery(
    api.deployments.get.queryOptions({ deploymentId }, { refetchOnWindowFocus: false }),
  );
  const project = deployment.data?.project;
  return (
    <Page
      title={text.editTitle(deployment.data?.name ?? '')}
      width="narrow"
      above={
        project === undefined ? undefined : (
          <BackToProject id={project.id} label={project.domain ?? project.name} />
        )
      }
    >
      <QueryView query={deployment} lines={8}>
        {(data) => <EditForm key={data.id} deployment={data} />}
      </QueryView>
    </Page>
  );
}

function EditForm({ deployment }: { readonly deployment: Deployment }) {
  const { id: deploymentId, command, project } = deployment;
  const navigate = useNavigate();
  const api = useApi();
  const update = useMutation(api.deployments.update.mutationOptions());
  const test = useMutation({ ...api.deployments.test.mutationOptions(), gcTime: 0 });
  const form = useDeploymentForm(() => valuesOfDeployment(deployment), [update, test]);
  const { values, errors, failure, change } = form;
  const part = { values, errors, onChange: change };
  const scriptLines = command !== null && 'script' in command ? command.script.lines : null;
  const accept = () => form.accept(checkDeployment(values, undefined, project.domain, scriptLines !== null));
  const tryOut = (): void => {
    if (!accept()) return;
    update.reset();
    test.mutate({ deploymentId, body: toUpdateDeployment(values) });
  };
  const submit = (): void => {
    if (!accept()) return;
    update.mutate(
      { deploymentId, body: toUpdateDeployment(values) },
      {
        onSuccess() {
          notifyDone(text.saved);
          void navigate({
            to: '/deployments/$deploymentId',
            params: { deploymentId },
            ignoreBlocker: true,
          });
        },
      },
    );
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
          <Stack gap="md">
            <NameField {...part} />
            {!isHostlessService(values.service) && <HostChoice {...part} projectId={project.id} />}
            <DeploymentFields {...part} scriptLines={scriptLines} />
            <WindowFields {...part} />
            <RolloutFields {...part} projectId={project.id} deploymentId={deploymentId} />
          </Stack>
        </Panel>
        <DraftTest result={test.data} pending={test.isPending} onTest={tryOut} />
        {failure !== null && <FailureNotice error={failure} />}
        <Group justify="flex-end" gap="xs">
          <LinkButton variant="default" to="/deployments/$deploymentId" params={{ deploymentId }}>
            {messages.cancel}
          </LinkButton>
          <Button type="submit" loading={update.isPending}>
            {text.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
