// Confirms the replacement of an account that its CA has deactivated.
import { List, PasswordInput, Text, TextInput } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { CaAccount } from '../../shared/ca-account.ts';
import { useApi } from '../api.ts';
import { settings as settingsTexts } from '../messages/settings.ts';
import { Confirm } from '../ui/confirm.tsx';
import { openDialog } from '../ui/dialog.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { Notice } from '../ui/notice.tsx';
import { notifyDone } from '../ui/notify.tsx';

const text = settingsTexts.accounts.replace;

export function openReplaceAccount(account: CaAccount): void {
  openDialog({ title: text.title, children: <ReplaceAccount account={account} /> });
}

function ReplaceAccount({ account: { id } }: { readonly account: CaAccount }) {
  const api = useApi();
  const [kid, setKid] = useState('');
  const [hmacKey, setHmacKey] = useState('');
  const [isIncomplete, setIncomplete] = useState(false);
  const replace = useMutation(
    api.system.replaceAccount.mutationOptions({
      onSuccess() {
        modals.closeAll();
        notifyDone(text.done);
      },
    }),
  );
  const submit = (): void => {
    const isPartial = (kid.trim() === '') !== (hmacKey.trim() === '');
    setIncomplete(isPartial);
    if (isPartial) return;
    const eab = { kid: kid.trim(), hmacKey: hmacKey.trim() };
    replace.mutate({ id, body: eab.kid === '' ? {} : { eab } });
  };
  const missing = (given: string, words: string) => isIncomplete && given.trim() === '' && words;
  return (
    <Confirm submit={text.submit} error={replace.error} pending={replace.isPending} onSubmit={submit}>
      <Text mb="sm">{text.text}</Text>
      <BoundRecords id={id} />
      <TextInput
        label={text.kid}
        value={kid}
        error={missing(kid, text.kidMissing)}
        onChange={(event) => setKid(event.currentTarget.value)}
      />
      <PasswordInput
        mt="sm"
        label={text.hmacKey}
        value={hmacKey}
        error={missing(hmacKey, text.hmacKeyMissing)}
        onChange={(event) => setHmacKey(event.currentTarget.value)}
      />
    </Confirm>
  );
}

const SHOWN = 10;

/** The names whose DNS records the new account makes invalid. */
function BoundRecords({ id }: { readonly id: string }) {
  const api = useApi();
  const bound = useQuery(api.system.accountRecords.queryOptions({ id }));
  if (bound.error !== null) return <FailureNotice error={bound.error} />;
  if (bound.data === undefined) return null;
  const { projects } = bound.data;
  if (projects.length === 0)
    return (
      <Text mb="sm" c="dimmed" fz="sm">
        {text.noRecords}
      </Text>
    );
  const rest = projects.length - SHOWN;
  return (
    <Notice tone="warn" title={text.records(projects.length)}>
      <Text fz="sm">{text.recordsText}</Text>
      <List mt="xs" fz="sm">
        {projects.slice(0, SHOWN).map(({ projectId, domain, records, caaLock }) => (
          <List.Item key={projectId} style={{ overflowWrap: 'anywhere' }}>
            {domain}: {[...records, ...(caaLock ? [text.caaLock] : [])].join(', ')}
          </List.Item>
        ))}
      </List>
      {rest > 0 && <Text fz="sm">{text.more(rest)}</Text>}
    </Notice>
  );
}
