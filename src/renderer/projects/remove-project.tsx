// Confirms the deletion of a project.
import { Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Project } from '../../shared/project.ts';
import { useApi } from '../api.ts';
import { projects as projectTexts } from '../messages/projects.ts';
import { Confirm } from '../ui/confirm.tsx';
import { closeDone } from '../ui/notify.tsx';

const text = projectTexts.removeProject;

export function openRemoveProject(project: Project): void {
  modals.open({ title: text.title(project.name), children: <Remove project={project} /> });
}

function Remove({ project }: { readonly project: Project }) {
  const api = useApi();
  const navigate = useNavigate();
  const remove = useMutation(
    api.projects.remove.mutationOptions({
      onSuccess() {
        closeDone(text.done);
        void navigate({ to: '/projects' });
      },
    }),
  );
  return (
    <Confirm
      danger
      submit={text.submit}
      error={remove.error}
      pending={remove.isPending}
      onSubmit={() => remove.mutate({ id: project.id })}
    >
      <Text>{text.text}</Text>
    </Confirm>
  );
}
