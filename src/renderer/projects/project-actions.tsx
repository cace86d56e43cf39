// The actions of a project: a button for the usual one, and a menu for the others.
import { Button } from '@mantine/core';
import {
  IconArrowsExchange,
  IconBan,
  IconCertificate,
  IconDownload,
  IconEdit,
  IconRefresh,
  IconTrash,
  IconUpload,
} from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { openExport } from '../certificates/export-dialog.tsx';
import { openRemoveCertificate } from '../certificates/remove-dialog.tsx';
import { openRenew } from '../certificates/renew-dialog.tsx';
import { openRevoke } from '../certificates/revoke-dialog.tsx';
import { projects as projectTexts } from '../messages/projects.ts';
import { ActionsMenu } from '../ui/actions-menu.tsx';
import { LinkButton } from '../ui/link.tsx';
import { openEditProject } from './edit-project.tsx';
import { openRemoveProject } from './remove-project.tsx';
import type { ProjectRowData } from './use-project-list.ts';

const text = projectTexts.detail;

export function ProjectActions({ project }: { readonly project: ProjectRowData }) {
  return (
    <>
      <MainAction project={project} />
      <MoreActions project={project} />
    </>
  );
}

function MainAction({ project }: { readonly project: ProjectRowData }) {
  const { id, certificate, domain, uncovered } = project;
  const params = { id };
  if (domain === null || certificate === null) return null; // no-certificate.tsx has the first steps
  // A renewal requests the certificate's own names, so it does not cover a name that was added since.
  const needsNew = certificate.status === 'revoked' || (uncovered !== null && certificate.type !== 'custom');
  if (needsNew) {
    return (
      <LinkButton
        to="/projects/$id/obtain"
        params={params}
        leftSection={<IconCertificate size={16} aria-hidden />}
      >
        {text.obtainAgain}
      </LinkButton>
    );
  }
  if (certificate.type === 'custom') {
    return (
      <LinkButton
        to="/projects/$id/upload"
        params={params}
        leftSection={<IconUpload size={16} aria-hidden />}
      >
        {text.uploadAgain}
      </LinkButton>
    );
  }
  return (
    <Button leftSection={<IconRefresh size={16} aria-hidden />} onClick={() => openRenew(project)}>
      {text.renew}
    </Button>
  );
}

function MoreActions({ project }: { readonly project: ProjectRowData }) {
  const navigate = useNavigate();
  const { id, certificate, domain } = project;
  const params = { id };
  const isAcme = certificate !== null && certificate.type !== 'custom';
  return (
    <ActionsMenu
      actions={[
        domain !== null && {
          label: certificate === null ? text.obtain : text.obtainAgain,
          icon: IconArrowsExchange,
          run: () => void navigate({ to: '/projects/$id/obtain', params }),
        },
        domain !== null && {
          label: certificate === null ? text.upload : text.uploadAgain,
          icon: IconUpload,
          run: () => void navigate({ to: '/projects/$id/upload', params }),
        },
        certificate !== null && { label: text.export, icon: IconDownload, run: () => openExport(project) },
        { label: projectTexts.edit.action, icon: IconEdit, run: () => openEditProject(project) },
        isAcme &&
          certificate.status !== 'revoked' && {
            label: text.revoke,
            icon: IconBan,
            isDangerous: true,
            run: () => openRevoke(project),
          },
        certificate === null
          ? {
              label: projectTexts.removeProject.action,
              icon: IconTrash,
              isDangerous: true,
              run: () => openRemoveProject(project),
            }
          : {
              label: text.removeCertificate,
              icon: IconTrash,
              isDangerous: true,
              run: () => openRemoveCertificate(project),
            },
      ]}
    />
  );
}
