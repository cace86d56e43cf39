// Removes an unused credential, or lists the projects that use it.
import { List, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import type { DnsCredential } from '../../shared/dns-credential.ts';
import { useApi } from '../api.ts';
import { dns as dnsTexts } from '../messages/dns.ts';
import { Confirm } from '../ui/confirm.tsx';
import { TextLink } from '../ui/link.tsx';
import { closeDone } from '../ui/notify.tsx';

const text = dnsTexts.remove;

export function openRemoveCredential(credential: DnsCredential): void {
  modals.open({ title: text.title(credential.name), children: <RemoveCredential credential={credential} /> });
}

function RemoveCredential({ credential: { id, usedBy } }: { readonly credential: DnsCredential }) {
  const api = useApi();
  const remove = useMutation(
    api.dnsCredentials.remove.mutationOptions({ onSuccess: () => closeDone(text.done) }),
  );
  return (
    <Confirm
      submit={text.submit}
      error={remove.error}
      pending={remove.isPending}
      danger
      disabled={usedBy.length > 0}
      onSubmit={() => remove.mutate({ credentialId: id })}
    >
      {usedBy.length === 0 ? <Text>{text.text}</Text> : <InUse usedBy={usedBy} />}
    </Confirm>
  );
}

function InUse({ usedBy }: Pick<DnsCredential, 'usedBy'>) {
  return (
    <>
      <Text>{text.inUse}</Text>
      <List>
        {usedBy.map(({ id, name, domain }) => (
          <List.Item key={id}>
            <TextLink to="/projects/$id" params={{ id }} onClick={() => modals.closeAll()}>
              {domain ?? name}
            </TextLink>
          </List.Item>
        ))}
      </List>
    </>
  );
}
