// The contents of the dialog that edits a project; loaded when it opens.
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import type { Project } from '../../shared/project.ts';
import { useApi } from '../api.ts';
import { projects as projectTexts } from '../messages/projects.ts';
import { TextLink } from '../ui/link.tsx';
import { Notice } from '../ui/notice.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { ProjectForm, type ProjectValues } from './project-form.tsx';
import { type ExistingProject, useDuplicateDomain } from './use-duplicate-domain.ts';

const text = projectTexts;

export function EditProject({ project }: { readonly project: Project }) {
  const api = useApi();
  const update = useMutation(api.projects.update.mutationOptions());
  const duplicate = useDuplicateDomain(update.error);
  const submit = (values: ProjectValues): void => {
    update.mutate(
      { id: project.id, body: { ...toBody(values), ...duplicate.confirmationFor(values) } },
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
      initial={{
        name: project.name,
        domain: project.domain ?? '',
        altNames: [...project.altNames],
        tags: [...project.tags],
      }}
      submitLabel={duplicate.found === null ? text.edit.submit : text.edit.anyway}
      error={duplicate.found === null ? update.error : null}
      pending={update.isPending}
      onCancel={() => modals.closeAll()}
      onSubmit={submit}
    >
      {duplicate.found !== null && <DuplicateNotice duplicate={duplicate.found} />}
    </ProjectForm>
  );
}

/** Names the project that already has the domain; the submit button then confirms a second one. */
function DuplicateNotice({ duplicate: { id, name } }: { readonly duplicate: ExistingProject }) {
  return (
    <Notice tone="warn" title={text.form.duplicate} role="alert">
      <TextLink to="/projects/$id" params={{ id }} onClick={() => modals.closeAll()}>
        {text.form.openDuplicate(name)}
      </TextLink>
    </Notice>
  );
}

const toBody = ({ name, domain, altNames, tags }: ProjectValues) => ({
  ...(name.trim() === '' ? {} : { name }),
  domain: orNull(domain),
  altNames,
  tags,
});

const orNull = (domain: string): string | null => (domain.trim() === '' ? null : domain.trim());
