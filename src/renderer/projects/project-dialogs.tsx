// What stands in the dialogs that make a project and change one; loaded when one is opened.
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Project } from '../../shared/project.ts';
import { useApi } from '../api.ts';
import { messages } from '../messages.ts';
import { TextLink } from '../ui/link.tsx';
import { Notice } from '../ui/notice.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { ProjectForm, type ProjectValues } from './project-form.tsx';
import { type Twin, useTwin } from './use-twin.ts';

const text = messages.projects;

export function CreateProject() {
  const api = useApi();
  const navigate = useNavigate();
  const create = useMutation(api.projects.create.mutationOptions());
  const twin = useTwin(create.error);
  const submit = (values: ProjectValues): void => {
    create.mutate(
      { body: { ...toBody(values), ...twin.confirmationFor(values) } },
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
      submitLabel={twin.found === null ? text.create.submit : text.create.anyway}
      error={twin.found === null ? create.error : null}
      pending={create.isPending}
      onSubmit={submit}
    >
      {twin.found !== null && <TwinNotice twin={twin.found} />}
    </ProjectForm>
  );
}

export function EditProject({ project }: { readonly project: Project }) {
  const api = useApi();
  const update = useMutation(api.projects.update.mutationOptions());
  const twin = useTwin(update.error);
  const submit = (values: ProjectValues): void => {
    update.mutate(
      { id: project.id, body: { ...toBody(values), ...twin.confirmationFor(values) } },
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
      submitLabel={twin.found === null ? text.edit.submit : text.edit.anyway}
      error={twin.found === null ? update.error : null}
      pending={update.isPending}
      onSubmit={submit}
    >
      {twin.found !== null && <TwinNotice twin={twin.found} />}
    </ProjectForm>
  );
}

/** Says which project has the domain already; the form's button then confirms a second one. */
function TwinNotice({ twin: { id, name } }: { readonly twin: Twin }) {
  return (
    <Notice tone="warn" title={text.create.twin} role="alert">
      <TextLink to="/projects/$id" params={{ id }} onClick={() => modals.closeAll()}>
        {text.create.openTwin(name)}
      </TextLink>
    </Notice>
  );
}

const toBody = ({ name, domain, altNames }: ProjectValues) => ({
  ...(name.trim() === '' ? {} : { name }),
  domain: orNull(domain),
  altNames,
});

const orNull = (domain: string): string | null => (domain.trim() === '' ? null : domain.trim());
