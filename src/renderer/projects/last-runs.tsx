// The last jobs of a project, and its deployments.
import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../api.ts';
import { DeploymentRows } from '../deployments/deployment-rows.tsx';
import { JobList } from '../jobs/job-list.tsx';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import { jobs as jobTexts } from '../messages/jobs.ts';
import { projects as projectTexts } from '../messages/projects.ts';
import { TextLink } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import type { ProjectTab } from './project-tabs.ts';

const text = projectTexts.detail;
/** The tabs have all. */
const SHOWN = 3;

export function LastRuns({ id }: { readonly id: string }) {
  const api = useApi();
  const jobs = useQuery(api.jobs.list.queryOptions({ project: id, limit: SHOWN }));
  const deployments = useQuery(api.deployments.list.queryOptions({ project: id, limit: SHOWN }));
  const deployed = deployments.data?.deployments ?? [];
  return (
    <Stack gap="md">
      {deployed.length > 0 && (
        <Panel title={deploymentTexts.title} aside={<All id={id} tab="deployments" />} flush>
          <DeploymentRows deployments={deployed} label={deploymentTexts.list} ofProject />
        </Panel>
      )}
      <Panel title={text.lastJobs} aside={<All id={id} tab="history" />} flush>
        <QueryView query={jobs} lines={3}>
          {(data) =>
            data.jobs.length > 0 ? (
              <JobList jobs={data.jobs} />
            ) : (
              <Text c="dimmed" p="md">
                {jobTexts.history.emptyText}
              </Text>
            )
          }
        </QueryView>
      </Panel>
    </Stack>
  );
}

function All({ id, tab }: { readonly id: string; readonly tab: ProjectTab }) {
  return (
    <TextLink to="/projects/$id" params={{ id }} search={{ tab }} fz="sm">
      {text.showAll}
    </TextLink>
  );
}
