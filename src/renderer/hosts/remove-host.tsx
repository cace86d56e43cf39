// Confirms the deletion of a host. Its files stay on it.

import { Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Host } from '../../shared/host.ts';
import { useApi } from '../api.ts';
import { hosts as hostTexts } from '../messages/hosts.ts';
import { Confirm } from '../ui/confirm.tsx';
import { closeDone } from '../ui/notify.tsx';

const text = hostTexts.remove;

export function openRemoveHost(host: Host): void {
  modals.open({ title: text.title(host.name), children: <RemoveHost host={host} /> });
}

function RemoveHost({ host }: { readonly host: Host }) {
  const api = useApi();
  const navigate = useNavigate();
  const remove = useMutation(
    api.hosts.remove.mutationOptions({
      onSuccess() {
        closeDone(text.done);
        void navigate({ to: '/hosts' });
      },
    }),
  );
  return (
    <Confirm
      danger
      submit={text.submit}
      error={remove.error}
      pending={remove.isPending}
      onSubmit={() => remove.mutate({ hostId: host.id })}
    >
      <Text>{text.text}</Text>
      {host.deployments > 0 && <Text>{text.inUse(host.deployments)}</Text>}
    </Confirm>
  );
}
