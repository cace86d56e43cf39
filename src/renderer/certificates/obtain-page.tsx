// The request page: a wizard with names, validation, options and review. The job's page shows the progress.
import { Button, EmptyState } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ListedProject } from '../../shared/project.ts';
import { useApi } from '../api.ts';
import { messages } from '../messages.ts';
import { openEditProject } from '../projects/create-project.tsx';
import { BackToProject } from '../projects/job-page.tsx';
import { Page } from '../ui/page.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { ObtainWizard } from './obtain/obtain-wizard.tsx';

const text = messages.obtain;
const route = getRouteApi('/projects/$id/obtain');

/** The form is created once all its initial data has loaded; later data would overwrite the user's input. */
function PrefilledWizard({ project }: { readonly project: ListedProject }) {
  const api = useApi();
  const fresh = { staleTime: 0, gcTime: 0, refetchOnWindowFocus: false } as const;
  const last = useQuery(api.certificates.lastRequest.queryOptions({ id: project.id }, fresh));
  const cas = useQuery(api.system.cas.queryOptions());
  const providers = useQuery(api.system.dnsProviders.queryOptions());
  return (
    <QueryView query={last}>
      {(request) => (
        <QueryView query={cas}>
          {(known) => (
            <QueryView query={providers}>
              {({ dnsProviders }) => {
                const before = { cas: known.cas.map(({ id }) => id), providers: dnsProviders };
                return <ObtainWizard project={project} last={{ ...request, ...before }} />;
              }}
            </QueryView>
          )}
        </QueryView>
      )}
    </QueryView>
  );
}

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
                <Button onClick={() => openEditProject(data)}>{messages.projects.edit.action}</Button>
              </EmptyState.Actions>
            </EmptyState>
          ) : (
            <PrefilledWizard key={data.id} project={data} />
          )
        }
      </QueryView>
    </Page>
  );
}
