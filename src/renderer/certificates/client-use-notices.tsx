// What may present the certificate of a project as a client although it is for servers only: a warning each until they are
// acknowledged, then a note.
import { Button, Group, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { CertificateDetails } from '../../shared/certificate-history.ts';
import { useApi } from '../api.ts';
import { certificates as certificateTexts } from '../messages/certificates.ts';
import { Notice } from '../ui/notice.tsx';
import { AcknowledgedNotice, WITHDRAWAL } from './acknowledged-notice.tsx';

const text = certificateTexts.acknowledge;

export interface ClientUseNoticesProps {
  readonly projectId: string;
  readonly clientAuth: CertificateDetails['clientAuth'];
}

export function ClientUseNotices({ projectId, clientAuth }: ClientUseNoticesProps) {
  const { warnings, acknowledgement } = clientAuth;
  const withdraw = useMutation(useApi().certificates.withdrawClientUse.mutationOptions(WITHDRAWAL));
  const acknowledge = async (): Promise<void> =>
    (await import('./acknowledge-dialog.tsx')).openAcknowledgeClientUse(projectId);
  return (
    <>
      {warnings.length > 0 && (
        <Notice tone="warn" role="status">
          {warnings.map((warning) => (
            <Text key={warning}>{warning}</Text>
          ))}
          <Group justify="flex-end" mt="xs">
            <Button variant="default" size="xs" onClick={acknowledge}>
              {text.submit}
            </Button>
          </Group>
        </Notice>
      )}
      {acknowledgement !== null && (
        <AcknowledgedNotice
          title={text.clientUse.acknowledged}
          warnings={acknowledgement.uses}
          acknowledgement={acknowledgement}
          isWithdrawing={withdraw.isPending}
          onWithdraw={() => withdraw.mutate({ id: projectId })}
        />
      )}
    </>
  );
}
