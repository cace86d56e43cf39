// The first steps for a project without a certificate.
import { Button, EmptyState } from '@mantine/core';
import { IconCertificate } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { CertificateVersion } from '../../shared/certificate-history.ts';
import { useApi } from '../api.ts';
import { useRestore } from '../certificates/use-restore.ts';
import { jobs as jobTexts } from '../messages/jobs.ts';
import { projects as projectTexts } from '../messages/projects.ts';
import { LinkButton } from '../ui/link.tsx';
import { Time } from '../ui/time.tsx';
import { openEditProject } from './edit-project.tsx';
import type { ProjectRowData } from './use-project-list.ts';

const text = projectTexts.detail;

export function NoCertificate({ project }: { readonly project: ProjectRowData }) {
  const params = { id: project.id };
  const removed = useRemoved(project.id);
  const restore = useRestore();
  return (
    <EmptyState
      py={32}
      icon={<IconCertificate size={40} stroke={1.5} aria-hidden />}
      title={removed === undefined ? text.noCertificate.title : text.noCertificate.removed}
      description={<Description project={project} removed={removed} />}
    >
      <EmptyState.Actions>
        {removed !== undefined && (
          <Button
            variant="default"
            loading={restore.isPending}
            onClick={() => restore.mutate({ id: project.id, body: { versionId: removed.id } })}
          >
            {jobTexts.history.restore}
          </Button>
        )}
        {project.domain === null ? (
          <Button onClick={() => openEditProject(project)}>{projectTexts.edit.action}</Button>
        ) : (
          <>
            <LinkButton to="/projects/$id/obtain" params={params}>
              {text.obtain}
            </LinkButton>
            <LinkButton variant="default" to="/projects/$id/upload" params={params}>
              {text.upload}
            </LinkButton>
          </>
        )}
      </EmptyState.Actions>
    </EmptyState>
  );
}

interface DescriptionProps {
  readonly project: ProjectRowData;
  readonly removed: CertificateVersion | undefined;
}

function Description({ project, removed }: DescriptionProps) {
  if (project.domain === null) return text.noCertificate.needsDomain;
  if (removed === undefined || removed.restorableUntil === null) return text.noCertificate.text;
  return (
    <>
      {text.noCertificate.restorable} <Time at={removed.restorableUntil} as="date" />.
    </>
  );
}

/** The last removed version, if it can be restored. */
function useRemoved(id: string): CertificateVersion | undefined {
  const versions = useQuery(useApi().certificates.versions.queryOptions({ id }));
  return versions.data?.versions.find(({ restorableUntil }) => restorableUntil !== null);
}
