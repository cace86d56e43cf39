// The page of a project: header with actions, and tabs.
import { Group, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense } from 'react';
import { useApi } from '../api.ts';
import { DeployedChip } from '../deployments/deployed-chip.tsx';
import { projects as projectTexts } from '../messages/projects.ts';
import { TagList } from '../tags/tag-list.tsx';
import { Chip, StatusChip } from '../ui/chip.tsx';
import { Page } from '../ui/page.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { STATUS_FACES } from '../ui/status-style.ts';
import { TabStrip } from '../ui/tab-strip.tsx';
import { BackToList } from './back-to-list.tsx';
import { ProjectActions } from './project-actions.tsx';
import { ProjectOverview } from './project-overview.tsx';
import { PROJECT_TABS, type ProjectTab } from './project-tabs.ts';
import type { ProjectRowData } from './use-project-list.ts';

const text = projectTexts.detail;
const route = getRouteApi('/projects/$id');

const CertificateTab = lazy(async () => ({
  default: (await import('./certificate-tab.tsx')).CertificateTab,
}));
const ChallengesTab = lazy(async () => ({ default: (await import('./challenges-tab.tsx')).ChallengesTab }));
const DeploymentsTab = lazy(async () => ({
  default: (await import('../deployments/deployments-tab.tsx')).DeploymentsTab,
}));
const HistoryTab = lazy(async () => ({ default: (await import('./history-tab.tsx')).HistoryTab }));
const ApiTab = lazy(async () => ({ default: (await import('./api-tab.tsx')).ApiTab }));

export function ProjectPage() {
  const { id } = route.useParams();
  const api = useApi();
  const project = useQuery(api.projects.get.queryOptions({ id }));
  const title = project.data?.domain ?? project.data?.name ?? '';
  return (
    <Page
      title={title}
      above={<BackToList />}
      heading={project.data === undefined ? '' : <Heading project={project.data} />}
      description={project.data && descriptionOf(project.data)}
      actions={project.data === undefined ? undefined : <ProjectActions project={project.data} />}
    >
      <QueryView query={project} lines={8}>
        {(data) => <Parts project={data} />}
      </QueryView>
    </Page>
  );
}

/** The name, if it is not the title, and the tags. */
function descriptionOf({ name, domain, tags }: ProjectRowData): ReactNode {
  const isNamed = domain !== null && name !== domain;
  if (!isNamed && tags.length === 0) return undefined;
  return (
    <Group gap="xs">
      {isNamed && name}
      <TagList tags={tags} />
    </Group>
  );
}

function Heading({
  project: { domain, name, certificate, uncovered, deployed },
}: {
  readonly project: ProjectRowData;
}) {
  return (
    <Group gap="sm" component="span">
      {domain ?? name}
      <StatusChip certificate={certificate} uncovered={uncovered} />
      {certificate?.staging && <Chip face={STATUS_FACES.staging} />}
      <DeployedChip deployed={deployed} />
    </Group>
  );
}

function Parts({ project }: { readonly project: ProjectRowData }) {
  const { tab = 'overview' } = route.useSearch();
  const navigate = route.useNavigate();
  const choose = (value: string | null): void =>
    void navigate({
      search: value === null || value === 'overview' ? {} : { tab: value as ProjectTab },
      replace: true,
    });
  return (
    <Tabs value={tab} onChange={choose} keepMounted={false}>
      <TabStrip label={text.tabsLabel} value={tab}>
        {PROJECT_TABS.map((value) => (
          <Tabs.Tab key={value} value={value}>
            {text.tabs[value]}
          </Tabs.Tab>
        ))}
      </TabStrip>
      <Suspense>
        <Tabs.Panel value="overview">
          <ProjectOverview project={project} />
        </Tabs.Panel>
        <Tabs.Panel value="certificate">
          <CertificateTab project={project} />
        </Tabs.Panel>
        <Tabs.Panel value="deployments">
          <DeploymentsTab project={project} />
        </Tabs.Panel>
        <Tabs.Panel value="challenges">
          <ChallengesTab project={project} />
        </Tabs.Panel>
        <Tabs.Panel value="history">
          <HistoryTab project={project} />
        </Tabs.Panel>
        <Tabs.Panel value="api">
          <ApiTab project={project} />
        </Tabs.Panel>
      </Suspense>
    </Tabs>
  );
}
