// What a project's certificate is, and how it was requested.
import { Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Certificate } from '../../shared/certificate.ts';
import type { CertificateDetails } from '../../shared/certificate-history.ts';
import { useApi } from '../api.ts';
import { keyName } from '../certificates/algorithm-names.ts';
import { ExportButton } from '../certificates/export-button.tsx';
import { typeName } from '../certificates/type-name.ts';
import { certificates as certificateTexts } from '../messages/certificates.ts';
import { messages } from '../messages.ts';
import { type Fact, Facts } from '../ui/facts.tsx';
import { TextLink } from '../ui/link.tsx';
import { Names } from '../ui/names.tsx';
import { Panel } from '../ui/panel.tsx';
import { Time } from '../ui/time.tsx';
import type { ProjectRowData } from './use-project-list.ts';

const text = certificateTexts;

export interface CertificateSummaryProps {
  readonly project: ProjectRowData;
  readonly certificate: Certificate;
  readonly details: CertificateDetails | null | undefined;
}

export function CertificateSummary({ project, certificate, details }: CertificateSummaryProps) {
  const api = useApi();
  const chain = useQuery(api.certificates.chain.queryOptions({ id: project.id }));
  const cas = useQuery(api.system.cas.queryOptions()).data?.cas ?? [];
  const leaf = chain.data?.chain[0];
  const { names, issuer, type, issuedAt, expiresAt } = certificate;
  return (
    <Panel
      title={text.summary}
      aside={
        <TextLink to="/projects/$id" params={{ id: project.id }} search={{ tab: 'certificate' }} fz="sm">
          {text.allDetails}
        </TextLink>
      }
    >
      <Facts
        facts={[
          { label: text.names, value: <Names names={names} /> },
          { label: text.issuer, value: issuer },
          leaf === undefined ? null : { label: text.key, value: keyName(leaf) },
          ...(details?.spec
            ? requestFacts(details.spec)
            : [{ label: text.type, value: typeName(type, cas) }]),
          { label: text.validFrom, value: <Time at={issuedAt} as="date" /> },
          { label: text.validTo, value: <Time at={expiresAt} as="date" /> },
        ]}
      />
      <Group mt="md">
        <ExportButton project={project} />
      </Group>
    </Panel>
  );
}

function requestFacts(spec: NonNullable<CertificateDetails['spec']>): readonly (Fact | null)[] {
  const { ca, staging, challengeType, dnsProvider, dnsCredential, profile, preferredChain } = spec;
  const { challenges } = text;
  const provider = dnsProvider === null ? '' : ` · ${dnsProvider.name}`;
  return [
    { label: challenges.ca, value: staging ? `${ca.name} (${messages.status.staging})` : ca.name },
    {
      label: challenges.method,
      value: `${text.methods[challengeType]}${provider}`,
    },
    dnsCredential === null || dnsCredential === undefined
      ? null
      : { label: challenges.credential, value: dnsCredential.name },
    profile === null ? null : { label: challenges.profile, value: profile },
    preferredChain === null ? null : { label: challenges.preferredChain, value: preferredChain },
  ];
}
