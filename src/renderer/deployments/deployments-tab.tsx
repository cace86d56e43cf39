// The deployments of a project.

import { Button, Stack } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Deployment } from '../../shared/deployment.ts';
import type { ListedProject } from '../../shared/project.ts';
import { useApi } from '../api.ts';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import { LinkButton } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { DeploymentRows } from './deployment-rows.tsx';
import { RestoreBanner } from './restore-banner.tsx';
import { useDeployNow } from './use-deploy-now.ts';
import { WhereUsed } from './where-used.tsx';

const text = deploymentTexts;

export function DeploymentsTab({ project }: { readonly project: ListedProject }) {
  const api = useApi();
  const deployments = useQuery(api.deployments.list.queryOptions({ project: project.id, limit: 500 }));
  return (
    <Stack gap="md">
      <RestoreBanner projectId={project.id} />
      <QueryView query={deployments}>
        {(data) =>
          data.deployments.length === 0 ? (
            <WhereUsed project={project} />
          ) : (
            <Panel title={text.list} aside={<Add id={project.id} />} flush>
              <DeploymentRows
                deployments={data.deployments}
                label={text.list}
                ofProject
                action={(deployment) => (
                  <DeployNow deployment={deployment} hasCertificate={project.certificate !== null} />
                )}
              />
            </Panel>
          )
        }
      </QueryView>
    </Stack>
  );
}

function Add({ id }: { readonly id: string }) {
  return (
    <LinkButton
      size="xs"
      variant="default"
      to="/projects/$id/deploy"
      params={{ id }}
      leftSection={<IconPlus size={14} aria-hidden />}
    >
      {text.add}
    </LinkButton>
  );
}

interface DeployNowProps {
  readonly deployment: Deployment;
  readonly hasCertificate: boolean;
}

function DeployNow({ deployment, hasCertificate }: DeployNowProps) {
  const run = useDeployNow(deployment.id);
  if (!deployment.enabled || !hasCertificate) return null;
  return (
    <Button
      size="xs"
      variant="default"
      aria-label={text.page.deployNowOf(deployment.name)}
      loading={run.isPending}
      onClick={() => run.mutate({ force: false })}
    >
      {text.page.deployNow}
    </Button>
  );
}
