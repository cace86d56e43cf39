// Obtains a certificate, step by step: names, proof, options, what will happen. The job's steps show on its own page.
import { Button, EmptyState } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useApi } from '../api.ts';
import { messages } from '../messages.ts';
import { openEditProject } from '../projects/create-project.tsx';
import { BackToProject } from '../projects/job-page.tsx';
import { Page } from '../ui/page.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { ObtainWizard } from './obtain/obtain-wizard.tsx';

const text = messages.obtain;
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
                <Button onClick={() => openEditProject(data)}>{messages.projects.edit.action}</Button>
              </EmptyState.Actions>
            </EmptyState>
          ) : (
            <ObtainWizard key={data.id} project={data} />
          )
        }
      </QueryView>
    </Page>
  );
}
