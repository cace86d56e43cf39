// The notice about a revoked certificate on its project's page: an alert until acknowledged, then a note.
import { Button, Group, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Certificate } from '../../shared/certificate.ts';
import { useApi } from '../api.ts';
import { certificates as certificateTexts } from '../messages/certificates.ts';
import { Notice } from '../ui/notice.tsx';
import { openAcknowledge } from './acknowledge-dialog.tsx';
import { AcknowledgedNotice, WITHDRAWAL } from './acknowledged-notice.tsx';

const text = certificateTexts.acknowledge;

export interface RevokedNoticeProps {
  readonly projectId: string;
  readonly acknowledgement: Certificate['acknowledgement'];
}

export function RevokedNotice({ projectId, acknowledgement }: RevokedNoticeProps) {
  const withdraw = useMutation(useApi().certificates.withdrawAcknowledgement.mutationOptions(WITHDRAWAL));
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
    <AcknowledgedNotice
      title={text.acknowledged}
      acknowledgement={acknowledgement}
      isWithdrawing={withdraw.isPending}
      onWithdraw={() => withdraw.mutate({ id: projectId })}
    />
  );
}
