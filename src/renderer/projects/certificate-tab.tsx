// The certificate of a project in full: names, issuer, serial number, fingerprints, chain, and PEM to copy or download.
import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Certificate } from '../../shared/certificate.ts';
import type { ChainLink } from '../../shared/certificate-history.ts';
import { useApi } from '../api.ts';
import { keyName, signatureName } from '../certificates/algorithm-names.ts';
import { ChainTree } from '../certificates/chain-tree.tsx';
import { ClientUseNotices } from '../certificates/client-use-notices.tsx';
import { ExportButton } from '../certificates/export-button.tsx';
import { typeName } from '../certificates/type-name.ts';
import { UseCertificate } from '../certificates/use/use-certificate.tsx';
import { WhereUsedOffer } from '../deployments/where-used.tsx';
import { formatHex } from '../format.ts';
import { certificates as certificateTexts } from '../messages/certificates.ts';
import { CodeBlock, CopyHex } from '../ui/copy.tsx';
import { Facts } from '../ui/facts.tsx';
import { Names } from '../ui/names.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { Time } from '../ui/time.tsx';
import { NoCertificate } from './no-certificate.tsx';
import type { ProjectRowData } from './use-project-list.ts';

const text = certificateTexts;

export function CertificateTab({ project }: { readonly project: ProjectRowData }) {
  if (project.certificate === null) {
    return (
      <Panel>
        <NoCertificate project={project} />
      </Panel>
    );
  }
  return <Contents project={project} certificate={project.certificate} />;
}

interface ContentsProps {
  readonly project: ProjectRowData;
  readonly certificate: Certificate;
}

function Contents({ project, certificate }: ContentsProps) {
  const api = useApi();
  const chain = useQuery(api.certificates.chain.queryOptions({ id: project.id }));
  const details = useQuery(api.certificates.details.queryOptions({ id: project.id })).data;
  return (
    <Stack gap="md">
      <WhereUsedOffer project={project} />
      {details != null && <ClientUseNotices projectId={project.id} clientAuth={details.clientAuth} />}
      <Panel title={text.contents} aside={<ExportButton project={project} />}>
        <CertificateFacts project={project} certificate={certificate} leaf={chain.data?.chain[0]} />
      </Panel>
      <QueryView query={chain}>
        {({ chain: links }) => (
          <>
            <Panel title={text.chain}>
              <ChainTree links={links} />
            </Panel>
            <Panel title={text.pem}>
              <CodeBlock code={links.map(({ pem }) => pem.trim()).join('\n')} what={text.pem} />
            </Panel>
          </>
        )}
      </QueryView>
      <UseCertificate project={project} certificate={certificate} />
    </Stack>
  );
}

interface FactsProps {
  readonly project: ProjectRowData;
  readonly certificate: Certificate;
  readonly leaf: ChainLink | undefined;
}

function CertificateFacts({ project, certificate, leaf }: FactsProps) {
  const { names, issuer, type, issuedAt, expiresAt, renewedFrom, revokedAt } = certificate;
  const api = useApi();
  const cas = useQuery(api.system.cas.queryOptions()).data?.cas ?? [];
  const details = useQuery(api.certificates.details.queryOptions({ id: project.id })).data;
  const serial = formatHex(certificate.serial);
  const fingerprint = formatHex(certificate.fingerprint);
  return (
    <Facts
      facts={[
        { label: text.names, value: <Names names={names} /> },
        { label: text.issuer, value: issuer },
        { label: text.type, value: typeName(type, cas) },
        { label: text.validFrom, value: <Time at={issuedAt} /> },
        { label: text.validTo, value: <Time at={expiresAt} /> },
        revokedAt === undefined ? null : { label: text.revokedAt, value: <Time at={revokedAt} /> },
        renewedFrom === undefined
          ? null
          : { label: text.renewedFrom, value: <Time at={renewedFrom} as="date" /> },
        leaf === undefined ? null : { label: text.key, value: keyName(leaf) },
        leaf === undefined ? null : { label: text.signature, value: signatureName(leaf.signatureAlgorithm) },
        details == null
          ? null
          : { label: text.use, value: details.clientAuth.permitted ? text.useAny : text.useServer },
        { label: text.serial, value: <CopyHex value={serial} what={text.serial} /> },
        { label: text.fingerprint, value: <CopyHex value={fingerprint} what={text.fingerprint} /> },
        leaf === undefined
          ? null
          : {
              label: text.fingerprintSha1,
              value: <CopyHex value={formatHex(leaf.fingerprintSha1)} what={text.fingerprintSha1} />,
            },
      ]}
    />
  );
}
