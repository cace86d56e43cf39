// What stands in the dialogs that make a project and change one; loaded when one is opened.
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { toDnsName } from '../../shared/names.ts';
import type { Project } from '../../shared/project.ts';
import { useApi, useApiClient } from '../api.ts';
import { messages } from '../messages.ts';
import { TextLink } from '../ui/link.tsx';
import { Notice } from '../ui/notice.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { ProjectForm, type ProjectValues } from './project-form.tsx';
import { findTwin, type Twin } from './twin.ts';

const text = messages.projects;

export function CreateProject() {
  const api = useApi();
  const navigate = useNavigate();
  const client = useApiClient();
  const create = useMutation(api.projects.create.mutationOptions());
  const [twin, setTwin] = useState<Twin | null>(null);
  const look = useMutation({ mutationFn: (domain: string) => findTwin(client, domain) });
  const submit = (values: ProjectValues): void => {
    const isConfirmed = twin !== null && twin.domain === toDnsName(values.domain.trim());
    if (isConfirmed) make(values);
    else
      look.mutate(values.domain, { onSuccess: (found) => (found === null ? make(values) : setTwin(found)) });
  };
  const make = ({ name, domain, altNames }: ProjectValues): void => {
    const body = { ...(name.trim() === '' ? {} : { name }), domain: orNull(domain), altNames };
    create.mutate(
      { body },
      {
        onSuccess({ id }) {
          modals.closeAll();
          notifyDone(text.create.made);
          void navigate({ to: '/projects/$id', params: { id } });
        },
      },
    );
  };
  return (
    <ProjectForm
      initial={{ name: '', domain: '', altNames: [] }}
      submitLabel={twin === null ? text.create.submit : text.create.anyway}
      error={create.error ?? look.error}
      pending={create.isPending || look.isPending}
      onSubmit={submit}
    >
      {twin !== null && (
        <Notice tone="warn" title={text.create.twin(twin.domain)} role="alert">
          <TextLink to="/projects/$id" params={{ id: twin.id }} onClick={() => modals.closeAll()}>
            {text.create.openTwin(twin.name)}
          </TextLink>
        </Notice>
      )}
    </ProjectForm>
  );
}

export function EditProject({ project }: { readonly project: Project }) {
  const api = useApi();
  const update = useMutation(api.projects.update.mutationOptions());
  const submit = ({ name, domain, altNames }: ProjectValues): void => {
    const body = { ...(name.trim() === '' ? {} : { name }), domain: orNull(domain), altNames };
    update.mutate(
      { id: project.id, body },
      {
        onSuccess() {
          modals.closeAll();
          notifyDone(text.edit.saved);
        },
      },
    );
  };
  return (
    <ProjectForm
      initial={{ name: project.name, domain: project.domain ?? '', altNames: [...project.altNames] }}
      submitLabel={text.edit.submit}
      error={update.error}
      pending={update.isPending}
      onSubmit={submit}
    />
  );
}

const orNull = (domain: string): string | null => (domain.trim() === '' ? null : domain.trim());
