// The notice about a revoked certificate on its project's page: an alert until acknowledged, then a note.
import { Button, Group, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Certificate } from '../../shared/certificate.ts';
import { useApi } from '../api.ts';
import { certificates as certificateTexts } from '../messages/certificates.ts';
import { Notice } from '../ui/notice.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';
import { Time } from '../ui/time.tsx';
import { openAcknowledge } from './acknowledge-dialog.tsx';

const text = certificateTexts.acknowledge;

export interface RevokedNoticeProps {
  readonly projectId: string;
  readonly acknowledgement: Certificate['acknowledgement'];
}

export function RevokedNotice({ projectId, acknowledgement }: RevokedNoticeProps) {
  const api = useApi();
  const withdraw = useMutation(
    api.certificates.withdrawAcknowledgement.mutationOptions({
      onSuccess: () => notifyDone(text.withdrawn),
      onError: notifyFailure,
    }),
  );
  if (acknowledgement === undefined) {
    return (
      <Notice tone="bad" title={certificateTexts.sentence.revoked}>
        <Group justify="space-between" gap="xs">
          <Text>{text.hint}</Text>
          <Button variant="default" size="xs" onClick={() => openAcknowledge(projectId)}>
            {text.submit}
          </Button>
        </Group>
      </Notice>
    );
  }
  return (
    <Notice tone="info" title={text.acknowledged}>
      <Text style={{ overflowWrap: 'anywhere' }}>{acknowledgement.note}</Text>
      <Group justify="space-between" gap="xs">
        <Text c="dimmed" fz="sm">
          {acknowledgement.by}, <Time at={acknowledgement.at} />
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
