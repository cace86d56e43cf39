// How domains are validated: the method, its credential, and the last validation by the CA.
import { EmptyState, Stack } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { CertificateDetails } from '../../shared/certificate-history.ts';
import { useApi } from '../api.ts';
import { keyName } from '../certificates/algorithm-names.ts';
import { JobSteps } from '../jobs/job-steps.tsx';
import { certificates as certificateTexts } from '../messages/certificates.ts';
import { jobs as jobTexts } from '../messages/jobs.ts';
import { messages } from '../messages.ts';
import { Facts } from '../ui/facts.tsx';
import { LinkButton } from '../ui/link.tsx';
import { Names } from '../ui/names.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { CaaLockPanel } from './caa-lock-panel.tsx';
import { PersistRecordsPanel } from './persist-records-panel.tsx';
import { ProjectDoctor } from './project-doctor.tsx';
import type { ProjectRowData } from './use-project-list.ts';

const text = certificateTexts.challenges;
const VALIDATION_STEPS: ReadonlySet<unknown> = new Set([
  'authorization',
  'challenge',
  'dns-propagation',
  'validation',
  'clean-up',
]);

export function ChallengesTab({ project }: { readonly project: ProjectRowData }) {
  const api = useApi();
  const details = useQuery(api.certificates.details.queryOptions({ id: project.id }));
  const jobs = useQuery(api.jobs.list.queryOptions({ project: project.id, limit: 50 }));
  return (
    <Stack gap="md">
      <QueryView query={details}>
        {(data) => (data?.spec ? <Way spec={data.spec} account={data.account} /> : null)}
      </QueryView>
      {project.domain !== null && <ProjectDoctor id={project.id} />}
      {details.data?.spec?.challengeType === 'dns-persist-01' && <PersistRecordsPanel id={project.id} />}
      {details.data?.account != null && <CaaLockPanel id={project.id} />}
      <QueryView query={jobs}>
        {(data) => {
          const last = data.jobs.find(({ kind }) => kind !== 'revoke');
          if (last !== undefined) return <LastValidation id={project.id} jobId={last.id} />;
          return details.data?.spec ? null : <NoValidation project={project} />;
        }}
      </QueryView>
    </Stack>
  );
}

interface WayProps {
  readonly spec: NonNullable<CertificateDetails['spec']>;
  readonly account: CertificateDetails['account'];
}

function Way({ spec, account }: WayProps) {
  const { challengeType, dnsProvider, dnsCredential, ca, staging, names, keyType, keySize } = spec;
  return (
    <Panel title={text.title}>
      <Facts
        facts={[
          { label: text.method, value: text.methods[challengeType] },
          dnsProvider === null ? null : { label: text.provider, value: dnsProvider.name },
          dnsProvider === null
            ? null
            : { label: text.credential, value: dnsCredential?.name ?? text.ownCredential },
          { label: certificateTexts.names, value: <Names names={names} /> },
          { label: text.ca, value: staging ? `${ca.name} (${messages.status.staging})` : ca.name },
          { label: certificateTexts.key, value: keyName({ keyType, keySize }) },
          spec.profile === null ? null : { label: text.profile, value: spec.profile },
          account?.email ? { label: text.email, value: account.email } : null,
        ]}
      />
    </Panel>
  );
}

function NoValidation({ project }: { readonly project: ProjectRowData }) {
  return (
    <Panel>
      <EmptyState
        py={32}
        icon={<IconShieldCheck size={40} stroke={1.5} aria-hidden />}
        title={text.none}
        description={project.certificate?.type === 'custom' ? text.uploaded : text.noneText}
      />
    </Panel>
  );
}

function LastValidation({ id, jobId }: { readonly id: string; readonly jobId: string }) {
  const api = useApi();
  const job = useQuery(api.jobs.get.queryOptions({ jobId }));
  return (
    <QueryView query={job}>
      {(data) => {
        const steps = data.steps.filter((event) =>
          VALIDATION_STEPS.has(Reflect.get(Object(event.data), 'step')),
        );
        if (steps.length === 0) return null;
        return (
          <Panel
            title={text.record}
            aside={
              <LinkButton variant="default" size="xs" to="/projects/$id/jobs/$jobId" params={{ id, jobId }}>
                {jobTexts.seeSteps}
              </LinkButton>
            }
          >
            <JobSteps job={{ ...data, steps }} />
          </Panel>
        );
      }}
    </QueryView>
  );
}
