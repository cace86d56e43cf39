// The page of a deployment: its hosts with their last run, what it does, the test, and the history.

import { Button, Group, Stack, Text } from '@mantine/core';
import { IconArrowLeft, IconRocket } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { Deployment } from '../../shared/deployment.ts';
import { useApi } from '../api.ts';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import { TextLink } from '../ui/link.tsx';
import { Notice } from '../ui/notice.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { StateChip } from './deployed-chip.tsx';
import { DeploymentMenu } from './deployment-menu.tsx';
import { DeploymentTest } from './deployment-test.tsx';
import { PreviewSentences } from './preview-panel.tsx';
import { RunHistory } from './run-history.tsx';
import { Targets } from './targets.tsx';
import { useDeployNow } from './use-deploy-now.ts';

const text = deploymentTexts.page;
const route = getRouteApi('/deployments/$deploymentId');

export function DeploymentPage() {
  const { deploymentId } = route.useParams();
  const { test = false } = route.useSearch();
  const api = useApi();
  const deployment = useQuery(api.deployments.get.queryOptions({ deploymentId }));
  const { data } = deployment;
  return (
    <Page
      title={data === undefined ? '' : `${data.name} · ${data.project.domain ?? data.project.name}`}
      above={data === undefined ? undefined : <BackToDeployments deployment={data} />}
      heading={data === undefined ? '' : <Heading deployment={data} />}
      actions={data === undefined ? undefined : <Actions deployment={data} />}
    >
      <QueryView query={deployment} lines={8}>
        {(loaded) => (
          <Stack gap="md">
            <Paused deployment={loaded} />
            <Targets deployment={loaded} />
            <DeploymentTest deploymentId={deploymentId} now={test} changedAt={loaded.stateAt} />
            <WhatItDoes deploymentId={deploymentId} />
            <RunHistory deployment={loaded} />
          </Stack>
        )}
      </QueryView>
    </Page>
  );
}

function BackToDeployments({ deployment: { project } }: { readonly deployment: Deployment }) {
  return (
    <TextLink
      to="/projects/$id"
      params={{ id: project.id }}
      search={{ tab: 'deployments' }}
      c="dimmed"
      fz="sm"
      mb={4}
      className="back-link"
    >
      <IconArrowLeft size={16} aria-hidden />
      {project.domain ?? project.name}
    </TextLink>
  );
}

function Heading({ deployment }: { readonly deployment: Deployment }) {
  return (
    <Group gap="sm" component="span">
      {deployment.name}
      <StateChip of={deployment} />
    </Group>
  );
}

function Actions({ deployment }: { readonly deployment: Deployment }) {
  const run = useDeployNow(deployment.id);
  return (
    <>
      {deployment.enabled && (
        <Button
          leftSection={<IconRocket size={16} aria-hidden />}
          loading={run.isPending}
          onClick={() => run.mutate({ force: false })}
        >
          {text.deployNow}
        </Button>
      )}
      <DeploymentMenu deployment={deployment} />
    </>
  );
}

function Paused({ deployment: { id, enabled, pausedBy } }: { readonly deployment: Deployment }) {
  const api = useApi();
  const resume = useMutation(
    api.deployments.resume.mutationOptions({
      onSuccess: () => notifyDone(text.run.resumed),
      onError: notifyFailure,
    }),
  );
  if (enabled) return null;
  const [title, what] = text.pausedBy[pausedBy ?? 'person'];
  return (
    <Notice tone="warn" title={title} role="status">
      <Group justify="space-between" gap="xs">
        <Text>{what}</Text>
        <Button size="xs" loading={resume.isPending} onClick={() => resume.mutate({ deploymentId: id })}>
          {text.resume}
        </Button>
      </Group>
    </Notice>
  );
}

function WhatItDoes({ deploymentId }: { readonly deploymentId: string }) {
  const api = useApi();
  const preview = useQuery(api.deployments.preview.queryOptions({ deploymentId }));
  return (
    <Panel title={text.what}>
      <QueryView query={preview}>{(data) => <PreviewSentences preview={data} />}</QueryView>
    </Panel>
  );
}
