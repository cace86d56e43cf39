// The actions of a project: a button for the usual one, and a menu for the others.
import { ActionIcon, Button, Menu } from '@mantine/core';
import {
  IconArrowsExchange,
  IconBan,
  IconCertificate,
  IconDots,
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
import { messages } from '../messages.ts';
import { LinkButton } from '../ui/link.tsx';
import { openEditProject } from './edit-project.tsx';
import { openRemoveProject } from './remove-project.tsx';
import type { ProjectRowData } from './use-project-list.ts';

const text = messages.projects.detail;

export function ProjectActions({ project }: { readonly project: ProjectRowData }) {
  return (
    <>
      <MainAction project={project} />
      <Menu position="bottom-end" width={230}>
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label={text.actions}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <MenuItems project={project} />
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

function MainAction({ project }: { readonly project: ProjectRowData }) {
  const { id, certificate, domain, uncovered } = project;
  const params = { id };
  if (domain === null) return null;
  // A renewal requests the certificate's own names, so it does not cover a name that was added since.
  const needsNew =
    certificate?.status === 'revoked' || (uncovered !== null && certificate?.type !== 'custom');
  if (certificate === null || needsNew) {
    return (
      <LinkButton
        to="/projects/$id/obtain"
        params={params}
        leftSection={<IconCertificate size={16} aria-hidden />}
      >
        {certificate === null ? text.obtain : text.obtainAgain}
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

function MenuItems({ project }: { readonly project: ProjectRowData }) {
  const navigate = useNavigate();
  const { id, certificate, domain } = project;
  const params = { id };
  const acme = certificate !== null && certificate.type !== 'custom';
  return (
    <>
      {domain !== null && (
        <>
          <Menu.Item
            leftSection={<IconArrowsExchange size={16} aria-hidden />}
            onClick={() => void navigate({ to: '/projects/$id/obtain', params })}
          >
            {certificate === null ? text.obtain : text.obtainAgain}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconUpload size={16} aria-hidden />}
            onClick={() => void navigate({ to: '/projects/$id/upload', params })}
          >
            {certificate === null ? text.upload : text.uploadAgain}
          </Menu.Item>
        </>
      )}
      {certificate !== null && (
        <Menu.Item leftSection={<IconDownload size={16} aria-hidden />} onClick={() => openExport(project)}>
          {text.export}
        </Menu.Item>
      )}
      <Menu.Item leftSection={<IconEdit size={16} aria-hidden />} onClick={() => openEditProject(project)}>
        {messages.projects.edit.action}
      </Menu.Item>
      <Menu.Divider />
      {acme && certificate.status !== 'revoked' && (
        <Menu.Item
          color="red"
          leftSection={<IconBan size={16} aria-hidden />}
          onClick={() => openRevoke(project)}
        >
          {text.revoke}
        </Menu.Item>
      )}
      {certificate !== null && (
        <Menu.Item
          color="red"
          leftSection={<IconTrash size={16} aria-hidden />}
          onClick={() => openRemoveCertificate(project)}
        >
          {text.removeCertificate}
        </Menu.Item>
      )}
      {certificate === null && (
        <Menu.Item
          color="red"
          leftSection={<IconTrash size={16} aria-hidden />}
          onClick={() => openRemoveProject(project)}
        >
          {messages.projects.removeProject.action}
        </Menu.Item>
      )}
    </>
  );
}
