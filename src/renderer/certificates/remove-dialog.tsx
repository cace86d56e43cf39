// Confirms the removal of a certificate. Removal does not revoke it and can be undone.
import { Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import type { Project } from '../../shared/project.ts';
import { useApi, useApiClient } from '../api.ts';
import { certificates as certificateTexts } from '../messages/certificates.ts';
import { Confirm } from '../ui/confirm.tsx';
import { notifyDone, notifyUndo } from '../ui/notify.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';

const text = certificateTexts.remove;

export function openRemoveCertificate(project: Project): void {
  modals.open({ title: text.title, children: <Remove project={project} /> });
}

function Remove({ project }: { readonly project: Project }) {
  const api = useApi();
  const client = useApiClient();
  // The Undo button is in a notification, which outlives this dialog.
  const undo = (): void => {
    client.certificates.restore
      .mutate({ id: project.id })
      .then(() => notifyDone(text.restored))
      .catch(notifyFailure);
  };
  const remove = useMutation(
    api.certificates.remove.mutationOptions({
      onSuccess() {
        modals.closeAll();
        notifyUndo(text.done, text.undo, undo);
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
