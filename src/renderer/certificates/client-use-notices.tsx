// What may present the certificate of a project as a client although it is for servers only: a warning each until they are
// acknowledged, then a note.
import { Button, Group, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { CertificateDetails } from '../../shared/certificate-history.ts';
import { useApi } from '../api.ts';
import { certificates as certificateTexts } from '../messages/certificates.ts';
import { Notice } from '../ui/notice.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';
import { Time } from '../ui/time.tsx';

const text = certificateTexts.acknowledge;

export interface ClientUseNoticesProps {
  readonly projectId: string;
  readonly clientAuth: CertificateDetails['clientAuth'];
}

export function ClientUseNotices({ projectId, clientAuth }: ClientUseNoticesProps) {
  const { warnings, acknowledgement } = clientAuth;
  const acknowledge = async (): Promise<void> =>
    (await import('./acknowledge-dialog.tsx')).openAcknowledgeClientUse(projectId);
  return (
    <>
      {warnings.length > 0 && (
        <Notice tone="warn" role="status">
          {warnings.map((warning) => (
            <Text key={warning}>{warning}</Text>
          ))}
          <Group justify="flex-end">
            <Button variant="default" size="xs" onClick={acknowledge}>
              {text.submit}
            </Button>
          </Group>
        </Notice>
      )}
      {acknowledgement !== null && <Acknowledged projectId={projectId} acknowledgement={acknowledgement} />}
    </>
  );
}

interface AcknowledgedProps {
  readonly projectId: string;
  readonly acknowledgement: NonNullable<CertificateDetails['clientAuth']['acknowledgement']>;
}

function Acknowledged({ projectId, acknowledgement: { uses, note, by, at } }: AcknowledgedProps) {
  const withdraw = useMutation(
    useApi().certificates.withdrawClientUse.mutationOptions({
      onSuccess: () => notifyDone(text.withdrawn),
      onError: notifyFailure,
    }),
  );
  return (
    <Notice tone="info" title={text.clientUse.acknowledged}>
      {uses.map((use) => (
        <Text key={use}>{use}</Text>
      ))}
      <Text style={{ overflowWrap: 'anywhere' }}>{note}</Text>
      <Group justify="space-between" gap="xs">
        <Text c="dimmed" fz="sm">
          {by}, <Time at={at} />
        </Text>
        <Button
          variant="default"
          size="xs"
          loading={withdraw.isPending}
          onClick={() => withdraw.mutate({ id: projectId })}
        >
          {text.withdraw}
        </Button>
      </Group>
    </Notice>
  );
}
