// Tests a credential by creating and deleting a TXT record; shows the provider's own error.
import { Stack, Text, TextInput } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { DnsCredential } from '../../shared/dns-credential.ts';
import { useApi } from '../api.ts';
import { dns as dnsTexts } from '../messages/dns.ts';
import { Confirm } from '../ui/confirm.tsx';
import { TestResult } from '../ui/test-result.tsx';

const text = dnsTexts.test;

export function openTestCredential(credential: DnsCredential): void {
  modals.open({ title: text.title(credential.name), children: <TestCredential credential={credential} /> });
}

function TestCredential({ credential }: { readonly credential: DnsCredential }) {
  const api = useApi();
  const [zone, setZone] = useState('');
  const test = useMutation(api.dnsCredentials.test.mutationOptions());
  const named = zone.trim() === '' ? {} : { zone: zone.trim() };
  return (
    <Confirm
      submit={text.submit}
      error={null}
      pending={test.isPending}
      onSubmit={() => test.mutate({ credentialId: credential.id, body: named })}
    >
      <Stack gap="md">
        <Text>{text.text}</Text>
        <TextInput
          label={text.zone}
          description={text.zoneHint}
          placeholder="example.com"
          data-autofocus
          value={zone}
          onChange={(event) => setZone(event.currentTarget.value)}
        />
        <TestResult test={test} success={text.verified} />
      </Stack>
    </Confirm>
  );
}
