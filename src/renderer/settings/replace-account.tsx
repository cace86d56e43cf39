// Confirms the replacement of an account that its CA has deactivated.
import { PasswordInput, Text, TextInput } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { CaAccount } from '../../shared/ca-account.ts';
import { useApi } from '../api.ts';
import { settings as settingsTexts } from '../messages/settings.ts';
import { Confirm } from '../ui/confirm.tsx';
import { openDialog } from '../ui/dialog.tsx';
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
