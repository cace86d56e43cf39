// The switch for a certificate's auto-renewal.
import { Switch, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Certificate } from '../../shared/certificate.ts';
import { useApi } from '../api.ts';
import { certificates as certificateTexts } from '../messages/certificates.ts';
import { notifyDone } from '../ui/notify.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';

const text = certificateTexts;

export function AutoRenewSwitch({
  id,
  certificate,
}: {
  readonly id: string;
  readonly certificate: Certificate;
}) {
  const api = useApi();
  const change = useMutation(
    api.certificates.setAutoRenew.mutationOptions({
      onSuccess: ({ autoRenew }) => notifyDone(text.autoRenewChanged(autoRenew)),
      onError: notifyFailure,
    }),
  );
  if (certificate.type === 'custom') {
    return (
      <Text fz="sm" c="dimmed">
        {text.autoRenewNo}
      </Text>
    );
  }
  return (
    <Switch
      size="sm"
      label={text.autoRenew}
      checked={change.isPending ? change.variables.body.autoRenew : certificate.autoRenew}
      disabled={change.isPending || certificate.status === 'revoked'}
      onChange={(event) => change.mutate({ id, body: { autoRenew: event.currentTarget.checked } })}
    />
  );
}
