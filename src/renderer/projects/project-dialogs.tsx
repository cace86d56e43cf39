// What stands in the dialogs that make a project and change one; loaded when one is opened.
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Project } from '../../shared/project.ts';
import { useApi } from '../api.ts';
import { messages } from '../messages.ts';
import { notifyDone } from '../ui/notify.tsx';
import { ProjectForm, type ProjectValues } from './project-form.tsx';

const text = messages.projects;

export function CreateProject() {
  const api = useApi();
  const navigate = useNavigate();
  const create = useMutation(api.projects.create.mutationOptions());
  const submit = ({ name, domain, altNames }: ProjectValues): void => {
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
      submitLabel={text.create.submit}
      error={create.error}
      pending={create.isPending}
      onSubmit={submit}
    />
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
