// The page that requests a certificate again, with other options, or for a project that has none.
import { Button, EmptyState } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ListedProject } from '../../shared/project.ts';
import { useApi } from '../api.ts';
import { obtain as obtainTexts } from '../messages/obtain.ts';
import { projects as projectTexts } from '../messages/projects.ts';
import { openEditProject } from '../projects/edit-project.tsx';
import { BackToProject } from '../projects/job-page.tsx';
import { Page } from '../ui/page.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { LoadedForm } from './request/loaded-form.tsx';

const text = obtainTexts;
const route = getRouteApi('/projects/$id/obtain');

export function ObtainPage() {
  const { id } = route.useParams();
  const api = useApi();
  const project = useQuery(api.projects.get.queryOptions({ id }));
  const name = project.data?.domain ?? project.data?.name ?? '';
  return (
    <Page title={text.title(name)} width="narrow" above={<BackToProject id={id} label={name} />}>
      <QueryView query={project}>
        {(data) =>
          data.domain === null ? (
            <EmptyState py={32} title={text.noDomain} description={text.noDomainText}>
              <EmptyState.Actions>
                <Button onClick={() => openEditProject(data)}>{projectTexts.edit.action}</Button>
              </EmptyState.Actions>
            </EmptyState>
          ) : (
            <PrefilledForm key={data.id} project={data} />
          )
        }
      </QueryView>
    </Page>
  );
}

function PrefilledForm({ project }: { readonly project: ListedProject }) {
  const api = useApi();
  const fresh = { staleTime: 0, gcTime: 0, refetchOnWindowFocus: false } as const;
  const last = useQuery(api.certificates.lastRequest.queryOptions({ id: project.id }, fresh));
  return (
    <QueryView query={last}>
      {(request) => (
        <LoadedForm
          subjectOf={({ cas, dnsProviders }) => ({
            project,
            last: { ...request, cas: cas.map(({ id }) => id), providers: dnsProviders },
          })}
        />
      )}
    </QueryView>
  );
}
