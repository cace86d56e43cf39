// Where a project has no certificate yet: what to do first.
import { Button, EmptyState } from '@mantine/core';
import { IconCertificate } from '@tabler/icons-react';
import { messages } from '../messages.ts';
import { LinkButton } from '../ui/link.tsx';
import { openEditProject } from './create-project.tsx';
import type { ProjectRowData } from './use-project-list.ts';

const text = messages.projects.detail;

export function NoCertificate({ project }: { readonly project: ProjectRowData }) {
  const params = { id: project.id };
  return (
    <EmptyState
      py={32}
      icon={<IconCertificate size={40} stroke={1.5} aria-hidden />}
      title={text.noCertificate.title}
      description={project.domain === null ? text.noCertificate.needsDomain : text.noCertificate.text}
    >
      <EmptyState.Actions>
        {project.domain === null ? (
          <Button onClick={() => openEditProject(project)}>{messages.projects.edit.action}</Button>
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
