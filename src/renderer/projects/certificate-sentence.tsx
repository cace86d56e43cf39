// The state of a certificate as a sentence.
import { Text } from '@mantine/core';
import type { Certificate, Status } from '../../shared/certificate.ts';
import { RevokedNotice } from '../certificates/revoked-notice.tsx';
import { certificates as certificateTexts } from '../messages/certificates.ts';
import { Notice } from '../ui/notice.tsx';
import { Time } from '../ui/time.tsx';

const text = certificateTexts.sentence;

export function CertificateSentence({
  projectId,
  certificate,
  status,
  isManual,
}: {
  readonly projectId: string;
  readonly certificate: Certificate;
  readonly status: Status;
  /** The user adds the TXT records at each renewal. */
  readonly isManual: boolean;
}) {
  if (certificate.status === 'revoked') {
    return <RevokedNotice projectId={projectId} acknowledgement={certificate.acknowledgement} />;
  }
  const trouble = troubleOf(certificate);
  return (
    <>
      {trouble !== null && <Notice tone={trouble.tone}>{trouble.text}</Notice>}
      {certificate.staging && <Notice tone="info">{text.staging}</Notice>}
      {isManual && certificate.autoRenew && <Notice tone="info">{text.manual}</Notice>}
      {trouble === null && (
        <Text fz="lg">
          {status.renewAt !== null && (
            <>
              {isManual ? text.renewalDue : text.renews}{' '}
              <Time at={status.nextAttemptAt ?? status.renewAt} as="relative" />.{' '}
            </>
          )}
          {text.expires} <Time at={certificate.expiresAt} as="relative" />.
        </Text>
      )}
    </>
  );
}

function troubleOf({ status, type, autoRenew }: Certificate) {
  if (status === 'expired') return { tone: 'bad', text: text.expired } as const;
  if (type === 'custom') {
    return status === 'expiring_soon' ? ({ tone: 'warn', text: text.uploaded } as const) : null;
  }
  return autoRenew ? null : ({ tone: 'warn', text: text.autoRenewOff } as const);
}
