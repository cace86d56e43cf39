// Offers to create a project for a certificate that a server presents and no project has.
import { Text } from '@mantine/core';
import type { SeenCertificate } from '../../shared/endpoint-record.ts';
import { toName } from '../../shared/identifiers.ts';
import { endpoints as endpointTexts } from '../messages/endpoints.ts';
import { LinkButton } from '../ui/link.tsx';
import { Notice } from '../ui/notice.tsx';

const text = endpointTexts.manage;

export function ManageCertificate({ certificate }: { readonly certificate: SeenCertificate }) {
  const { subject, issuer, names } = certificate;
  const usable = names.filter((name) => toName(name) !== null);
  return (
    <Notice
      tone="info"
      title={text.title(subject)}
      aside={
        usable.length > 0 && (
          <LinkButton
            size="xs"
            variant="default"
            style={{ flex: 'none' }}
            to="/new"
            search={{ names: usable.join(' ') }}
          >
            {text.action}
          </LinkButton>
        )
      }
    >
      <Text>{text.text(issuer)}</Text>
    </Notice>
  );
}
