// The alarm for a host that presents another key than the accepted ones, and the dialog that accepts the new key.

import { Button, Checkbox, SimpleGrid, Stack, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Host, HostKey } from '../../shared/host.ts';
import { useApi } from '../api.ts';
import { hosts as hostTexts } from '../messages/hosts.ts';
import { Confirm } from '../ui/confirm.tsx';
import { Notice } from '../ui/notice.tsx';
import { closeDone } from '../ui/notify.tsx';
import { Fingerprint, HowToCompare } from './host-keys.tsx';
import { withKey } from './host-values.ts';

const text = hostTexts.keys.changed;

export function ChangedKeyAlarm({ host }: { readonly host: Host }) {
  const { changedKey } = host;
  if (changedKey === null) return null;
  return (
    <Notice tone="bad" title={text.title} role="alert">
      <Stack gap="sm" align="flex-start">
        <Text>{text.text}</Text>
        <BothKeys host={host} changedKey={changedKey} />
        <Button size="xs" color="red" onClick={() => openAccept(host, changedKey)}>
          {text.compare}
        </Button>
      </Stack>
    </Notice>
  );
}

interface KeysProps {
  readonly host: Host;
  readonly changedKey: HostKey;
}

function BothKeys({ host, changedKey }: KeysProps) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} w="100%">
      <Stack gap="xs">
        <Text c="dimmed" fz="sm">
          {text.accepted}
        </Text>
        {host.hostKeys.map((key) => (
          <Fingerprint key={key.sha256} hostKey={key} />
        ))}
      </Stack>
      <Stack gap="xs">
        <Text c="dimmed" fz="sm">
          {text.presented}
        </Text>
        <Fingerprint hostKey={changedKey} />
      </Stack>
    </SimpleGrid>
  );
}

function openAccept(host: Host, changedKey: HostKey): void {
  modals.open({
    title: text.dialog(host.name),
    size: 'lg',
    children: <AcceptKey host={host} changedKey={changedKey} />,
  });
}

function AcceptKey({ host, changedKey }: KeysProps) {
  const api = useApi();
  const [compared, setCompared] = useState(false);
  const accept = useMutation(api.hosts.update.mutationOptions({ onSuccess: () => closeDone(text.done) }));
  return (
    <Confirm
      danger
      submit={text.submit}
      error={accept.error}
      pending={accept.isPending}
      disabled={!compared}
      onSubmit={() =>
        accept.mutate({ hostId: host.id, body: { hostKeys: withKey(host.hostKeys, changedKey) } })
      }
    >
      <BothKeys host={host} changedKey={changedKey} />
      <HowToCompare />
      <Checkbox
        label={text.confirm}
        checked={compared}
        onChange={(event) => setCompared(event.currentTarget.checked)}
      />
    </Confirm>
  );
}
