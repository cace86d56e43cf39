// Offers to create a project for a certificate that a server presents and no project has.
import { Button, Text } from '@mantine/core';
import type { SeenCertificate } from '../../shared/endpoint-record.ts';
import { toDnsName } from '../../shared/names.ts';
import { messages } from '../messages.ts';
import { openCreateProjectWith } from '../projects/create-project.tsx';
import { Notice } from '../ui/notice.tsx';

const text = messages.endpoints.manage;

export function ManageCertificate({ certificate }: { readonly certificate: SeenCertificate }) {
  const { subject, issuer, names } = certificate;
  const [domain = '', ...altNames] = names.filter((name) => toDnsName(name) !== null);
  return (
    <Notice
      tone="info"
      title={text.title(subject)}
      aside={
        domain !== '' && (
          <Button
            size="xs"
            variant="default"
            style={{ flex: 'none' }}
            onClick={() => openCreateProjectWith({ name: '', domain, altNames })}
          >
            {text.action}
          </Button>
        )
      }
    >
      <Text>{text.text(issuer)}</Text>
    </Notice>
  );
}
