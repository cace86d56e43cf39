// Confirms the revocation of a token.
import { Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import type { Token } from '../../shared/token.ts';
import { useApi } from '../api.ts';
import { tokens as tokenTexts } from '../messages/tokens.ts';
import { Confirm } from '../ui/confirm.tsx';
import { closeDone } from '../ui/notify.tsx';

const text = tokenTexts.revoke;

export function openRevokeToken(token: Token): void {
  modals.open({ title: text.title(token.name), children: <RevokeToken token={token} /> });
}

function RevokeToken({ token }: { readonly token: Token }) {
  const api = useApi();
  const revoke = useMutation(api.tokens.revoke.mutationOptions({ onSuccess: () => closeDone(text.done) }));
  return (
    <Confirm
      danger
      submit={text.submit}
      error={revoke.error}
      pending={revoke.isPending}
      onSubmit={() => revoke.mutate({ tokenId: token.id })}
    >
      <Text>{text.text}</Text>
    </Confirm>
  );
}
