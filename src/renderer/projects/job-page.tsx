// The page of a job, while it runs and afterwards.
import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import { unreachedNames } from '../../shared/failure-details.ts';
import type { JobWithSteps } from '../../shared/job.ts';
import { useApi } from '../api.ts';
import { Reachability } from '../certificates/request/reachability.tsx';
import { forgetTyped } from '../certificates/request/typed-values.ts';
import { WhereUsedOffer } from '../deployments/where-used.tsx';
import { JobView } from '../jobs/job-view.tsx';
import { jobs as jobTexts } from '../messages/jobs.ts';
import { messages } from '../messages.ts';
import { LinkButton, TextLink } from '../ui/link.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import type { ProjectRowData } from './use-project-list.ts';

const UseCertificate = lazy(async () => ({
  default: (await import('../certificates/use/use-certificate.tsx')).UseCertificate,
}));

const text = jobTexts;
const route = getRouteApi('/projects/$id/jobs/$jobId');

export function JobPage() {
  const { id, jobId } = route.useParams();
  const api = useApi();
  const project = useQuery(api.projects.get.queryOptions({ id }));
  const job = useQuery(api.jobs.get.queryOptions({ jobId }));
  const title = project.data?.domain ?? project.data?.name ?? '';
  const kind = job.data === undefined ? '' : messages.jobKind[job.data.kind];
  const isDone = job.data !== undefined && isStored(job.data);
  useEffect(() => {
    if (isDone) forgetTyped(id);
  }, [isDone, id]);
  return (
    <Page title={`${kind} · ${title}`} width="narrow" above={<BackToProject id={id} label={title} />}>
      <QueryView query={job} lines={8}>
        {(data) => (
          <JobView
            job={data}
            actions={<Actions job={data} />}
            help={<Help job={data} />}
            next={isStored(data) && project.data !== undefined && <Next project={project.data} />}
          />
        )}
      </QueryView>
    </Page>
  );
}

export function BackToProject({ id, label }: { readonly id: string; readonly label: string }) {
  return (
    <TextLink to="/projects/$id" params={{ id }} c="dimmed" fz="sm" mb={4} className="back-link">
      <IconArrowLeft size={16} aria-hidden />
      {label === '' ? text.toProject : label}
    </TextLink>
  );
}

/** The end of a request is the beginning of its use. */
function Next({ project }: { readonly project: ProjectRowData }) {
  if (project.certificate === null) return null;
  return (
    <Suspense>
      <WhereUsedOffer project={project} />
      <UseCertificate project={project} certificate={project.certificate} />
    </Suspense>
  );
}

/** The reachability test for names that the CA could not reach. */
function Help({ job }: { readonly job: JobWithSteps }) {
  const unreached = job.error === null ? null : unreachedNames(job.error);
  if (unreached === null) return null;
  return (
    <Panel>
      <Reachability {...unreached} />
    </Panel>
  );
}

/** Whether the job has stored a certificate. */
function isStored(job: JobWithSteps): boolean {
  const brings = job.kind !== 'revoke' || job.replaces === true;
  return job.state === 'succeeded' && !job.dryRun && brings;
}

function Actions({ job }: { readonly job: JobWithSteps }) {
  const params = { id: job.projectId };
  const stored = isStored(job);
  return (
    <>
      {stored && (
        <LinkButton to="/projects/$id" params={params} search={{ tab: 'certificate' }}>
          {text.viewCertificate}
        </LinkButton>
      )}
      {job.kind === 'obtain' && !stored && (
        <LinkButton to="/projects/$id/obtain" params={params}>
          {job.state === 'failed' ? text.again : text.obtainNow}
        </LinkButton>
      )}
      <LinkButton variant="default" to="/projects/$id" params={params}>
        {text.toProject}
      </LinkButton>
    </>
  );
}
