// Deletes an unused credential, or lists the hosts that use it.

import { List, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import type { HostCredential } from '../../shared/host.ts';
import { useApi } from '../api.ts';
import { hosts as hostTexts } from '../messages/hosts.ts';
import { Confirm } from '../ui/confirm.tsx';
import { TextLink } from '../ui/link.tsx';
import { closeDone } from '../ui/notify.tsx';

const text = hostTexts.credentials.remove;

export function openRemoveHostCredential(credential: HostCredential): void {
  modals.open({ title: text.title(credential.name), children: <RemoveCredential credential={credential} /> });
}

function RemoveCredential({ credential: { id, usedBy } }: { readonly credential: HostCredential }) {
  const api = useApi();
  const remove = useMutation(
    api.hostCredentials.remove.mutationOptions({ onSuccess: () => closeDone(text.done) }),
  );
  return (
    <Confirm
      danger
      submit={text.submit}
      error={remove.error}
      pending={remove.isPending}
      disabled={usedBy.length > 0}
      onSubmit={() => remove.mutate({ hostCredentialId: id })}
    >
      {usedBy.length === 0 ? (
        <Text>{text.text}</Text>
      ) : (
        <>
          <Text>{text.inUse}</Text>
          <List>
            {usedBy.map((host) => (
              <List.Item key={host.id}>
                <TextLink to="/hosts/$hostId" params={{ hostId: host.id }} onClick={() => modals.closeAll()}>
                  {host.name}
                </TextLink>
              </List.Item>
            ))}
          </List>
        </>
      )}
    </Confirm>
  );
}
