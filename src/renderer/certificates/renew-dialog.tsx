// Confirms a renewal, then opens the job's page.
import { Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Project } from '../../shared/project.ts';
import { useApi } from '../api.ts';
import { certificates as certificateTexts } from '../messages/certificates.ts';
import { Confirm } from '../ui/confirm.tsx';

const text = certificateTexts.renew;

export function openRenew(project: Pick<Project, 'id'>): void {
  modals.open({ title: text.title, children: <Renew project={project} /> });
}

function Renew({ project }: { readonly project: Pick<Project, 'id'> }) {
  const api = useApi();
  const toJob = useToJob(project.id);
  const renew = useMutation(api.certificates.renew.mutationOptions({ onSuccess: toJob }));
  return (
    <Confirm
      submit={text.submit}
      error={renew.error}
      pending={renew.isPending}
      onSubmit={() => renew.mutate({ id: project.id })}
    >
      <Text>{text.text}</Text>
    </Confirm>
  );
}

/** Closes the dialog and opens the page of the started job. */
export function useToJob(id: string): (answer: object) => void {
  const navigate = useNavigate();
  return (answer) => {
    modals.closeAll();
    const jobId = 'job' in answer ? (answer.job as { readonly id: string }).id : null;
    if (jobId !== null) void navigate({ to: '/projects/$id/jobs/$jobId', params: { id, jobId } });
  };
}
