// A project's first tab at a glance: the certificate, its next renewal, where it is deployed and served, and the last jobs.
import { Anchor, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Status } from '../../shared/certificate.ts';
import type { CertificateDetails } from '../../shared/certificate-history.ts';
import type { Job } from '../../shared/job.ts';
import { useApi } from '../api.ts';
import { AutoRenewSwitch } from '../certificates/auto-renew.tsx';
import { ValidityLine } from '../certificates/validity-line.tsx';
import { useDeployedStep } from '../deployments/deployed-step.ts';
import { WhereUsedOffer } from '../deployments/where-used.tsx';
import { ServedPanel } from '../endpoints/served-panel.tsx';
import { jobTitle } from '../jobs/job-view.tsx';
import { certificates as certificateTexts } from '../messages/certificates.ts';
import { jobs as jobTexts } from '../messages/jobs.ts';
import { projects as projectTexts } from '../messages/projects.ts';
import { messages } from '../messages.ts';
import { Facts } from '../ui/facts.tsx';
import { ErrorNotice } from '../ui/failure.tsx';
import { LinkButton } from '../ui/link.tsx';
import { Notice } from '../ui/notice.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { ServerText, Time } from '../ui/time.tsx';
import { useNow } from '../use-now.ts';
import { CertificateSentence } from './certificate-sentence.tsx';
import { CertificateSummary } from './certificate-summary.tsx';
import { jobToShow } from './last-job.ts';
import { LastRuns } from './last-runs.tsx';
import { NoCertificate } from './no-certificate.tsx';
import classes from './project-overview.module.css';
import type { ProjectRowData } from './use-project-list.ts';

const text = certificateTexts.validity;

export function ProjectOverview({ project }: { readonly project: ProjectRowData }) {
  const api = useApi();
  const { id, certificate } = project;
  const status = useQuery(api.certificates.status.queryOptions({ id }));
  const jobs = useQuery(api.jobs.list.queryOptions({ project: id, limit: 1 }));
  const details = useQuery(api.certificates.details.queryOptions({ id }));
  const deployed = useDeployedStep(project);
  const job =
    details.data === undefined ? null : jobToShow(jobs.data?.jobs[0], details.data?.storedAt ?? null);
  return (
    <Stack gap="md">
      {job !== null && <LastJob job={job} />}
      {project.uncovered !== null && project.runningJobId === null && (
        <Uncovered id={id} name={project.uncovered} />
      )}
      {details.data?.chainWarning != null && (
        <Notice tone="warn" role="status">
          <Text>{details.data.chainWarning}</Text>
        </Notice>
      )}
      {details.data?.recordProblems.map((kind) => (
        <RecordProblem key={kind} id={id} kind={kind} />
      ))}
      {certificate === null ? (
        <Panel>
          <NoCertificate project={project} />
        </Panel>
      ) : (
        <QueryView query={status}>
          {(data) =>
            data === null ? null : (
              <div className={classes.columns}>
                <Stack gap="md">
                  <Validity project={project} certificate={certificate} status={data} />
                  <ServedPanel
                    projectId={id}
                    issuedAt={details.data?.storedAt ?? certificate.issuedAt}
                    served={data.served}
                    deployed={deployed}
                  />
                  <WhereUsedOffer project={project} />
                  <LastRuns id={id} />
                </Stack>
                <CertificateSummary project={project} certificate={certificate} details={details.data} />
              </div>
            )
          }
        </QueryView>
      )}
    </Stack>
  );
}

function Uncovered({ id, name }: { readonly id: string; readonly name: string }) {
  const { uncovered, uncoveredText, requestNew } = certificateTexts;
  return (
    <Notice tone="warn" title={uncovered(name)} role="status">
      <Group justify="space-between" gap="xs">
        <Text>{uncoveredText}</Text>
        <LinkButton size="xs" to="/projects/$id/obtain" params={{ id }}>
          {requestNew}
        </LinkButton>
      </Group>
    </Notice>
  );
}

interface RecordProblemProps {
  readonly id: string;
  readonly kind: CertificateDetails['recordProblems'][number];
}

function RecordProblem({ id, kind }: RecordProblemProps) {
  const { recordProblems, showRecords } = certificateTexts;
  return (
    <Notice tone={kind === 'caa_forbidden' ? 'bad' : 'warn'} role="status">
      <Group justify="space-between" gap="xs">
        <Text>{recordProblems[kind]}</Text>
        <LinkButton
          variant="default"
          size="xs"
          to="/projects/$id"
          params={{ id }}
          search={{ tab: 'challenges' }}
        >
          {showRecords}
        </LinkButton>
      </Group>
    </Notice>
  );
}

function LastJob({ job }: { readonly job: Job }) {
  const see = (
    <LinkButton
      variant="default"
      size="xs"
      to="/projects/$id/jobs/$jobId"
      params={{ id: job.projectId, jobId: job.id }}
      style={{ flex: 'none' }}
    >
      {job.state === 'failed' ? jobTexts.seeSteps : projectTexts.detail.watch}
    </LinkButton>
  );
  if (job.state === 'failed' && job.error !== null)
    return <ErrorNotice body={job.error} title={jobTitle(job)} aside={see} />;
  return (
    <Notice tone="info" title={jobTitle(job)} role="status">
      <Group justify="space-between" wrap="nowrap">
        <Text>{jobTexts.background}</Text>
        {see}
      </Group>
    </Notice>
  );
}

interface ValidityProps {
  readonly project: ProjectRowData;
  readonly certificate: NonNullable<ProjectRowData['certificate']>;
  readonly status: Status;
}

function Validity({ project, certificate, status }: ValidityProps) {
  const now = useNow();
  const { issuedAt, expiresAt } = certificate;
  return (
    <Panel title={text.title} aside={<AutoRenewSwitch id={project.id} certificate={certificate} />}>
      <Stack gap="lg">
        <CertificateSentence
          projectId={project.id}
          certificate={certificate}
          status={status}
          isManual={project.renewal?.provider === 'manual'}
        />
        <ValidityLine issuedAt={issuedAt} expiresAt={expiresAt} renewAt={status.renewAt} now={now} />
        <Facts
          facts={[
            status.nextAttemptAt === null
              ? null
              : { label: text.nextAttempt, value: <Next status={status} /> },
            status.waitsFor === null ? null : { label: text.onHold, value: status.waitsFor },
            status.renewExplanationUrl === null
              ? null
              : { label: text.caSays, value: <Explanation url={status.renewExplanationUrl} /> },
            status.lastRenewAttempt === null
              ? null
              : { label: text.lastAttempt, value: <Time at={status.lastRenewAttempt} /> },
            status.renewFailures === 0
              ? null
              : { label: text.failures, value: messages.attempts(status.renewFailures) },
            status.lastRenewError === null
              ? null
              : { label: text.lastError, value: <ServerText>{status.lastRenewError}</ServerText> },
          ]}
        />
      </Stack>
    </Panel>
  );
}

/** A link to the CA's own explanation of its suggested renewal time. */
function Explanation({ url }: { readonly url: string }) {
  return (
    <Anchor href={url} target="_blank" rel="noreferrer">
      {url}
    </Anchor>
  );
}

function Next({ status: { nextAttemptAt, nextAttemptReason } }: { readonly status: Status }) {
  if (nextAttemptAt === null) return null;
  return (
    <>
      <Time at={nextAttemptAt} /> (<Time at={nextAttemptAt} as="relative" />)
      {nextAttemptReason !== null && (
        <Text c="dimmed" fz="sm">
          {nextAttemptReason}
        </Text>
      )}
    </>
  );
}
