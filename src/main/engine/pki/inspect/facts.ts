// What Certdesk keeps and shows of a certificate, as plain data.
import { toDnsName } from '../../../../shared/names.ts';
import { type Timestamp, toTimestamp } from '../../../../shared/time.ts';
import type { LeafFacts } from '../../core/model.ts';
import type { Certificate } from './certificate.ts';
import { commonName, nameText, organization } from './distinguished-name.ts';
import { describeKey, publicKeyOf } from './public-key.ts';

/** One certificate of a chain, for a person to look at. */
export interface CertificateDescription {
  /** RFC 4514, most specific first. */
  readonly subject: string;
  readonly issuer: string;
  /** As in LeafFacts; for a CA only what its SAN says. */
  readonly names: readonly string[];
  readonly issuedAt: Timestamp;
  readonly expiresAt: Timestamp;
  /** As in LeafFacts. */
  readonly serial: string;
  /** SHA-256 of the DER, upper-case hex, no colons. */
  readonly fingerprint: string;
  /** SHA-1 of the DER, as above. It proves nothing: older tools and people compare by it. */
  readonly fingerprintSha1: string;
  /** `rsa`, `ec`, or another of node:crypto's names; `unknown` where it cannot be read. */
  readonly keyType: string;
  /** Bits of the modulus or of the curve; null for other kinds. */
  readonly keySize: number | null;
  /** OpenSSL's name, or the OID. */
  readonly signatureAlgorithm: string;
  readonly isCa: boolean;
}

export function leafFacts(certificate: Certificate): LeafFacts {
  const { issuer, notBefore, notAfter, serial } = certificate;
  return {
    names: namesOf(certificate),
    issuedAt: toTimestamp(notBefore),
    expiresAt: toTimestamp(notAfter),
    issuerName: issuerName(certificate),
    issuerOrganization: organization(issuer) ?? commonName(issuer) ?? nameText(issuer),
    serial,
    fingerprint: fingerprintOf(certificate),
  };
}

export function describeCertificate(certificate: Certificate): CertificateDescription {
  const key = describeKey(publicKeyOf(certificate));
  const isCa = certificate.x509.ca;
  return {
    subject: nameText(certificate.subject),
    issuer: nameText(certificate.issuer),
    names: isCa ? certificate.sanNames : namesOf(certificate),
    issuedAt: toTimestamp(certificate.notBefore),
    expiresAt: toTimestamp(certificate.notAfter),
    serial: certificate.serial,
    fingerprint: fingerprintOf(certificate),
    fingerprintSha1: certificate.x509.fingerprint.replaceAll(':', ''),
    keyType: key.type,
    keySize: key.size,
    signatureAlgorithm: certificate.signature.name,
    isCa,
  };
}

/** The CN, as an A-label where it is a host name, only where the SAN names no host. */
function namesOf({ sanNames, subject }: Certificate): readonly string[] {
  const cn = commonName(subject);
  return sanNames.length > 0 || cn === null ? sanNames : [toDnsName(cn) ?? cn.toLowerCase()];
}

function fingerprintOf({ x509 }: Certificate): string {
  return x509.fingerprint256.replaceAll(':', '');
}

/** What a person calls who issued it: the CN, else the organization, else the whole name. */
export function issuerName({ issuer }: Certificate): string {
  return commonName(issuer) ?? organization(issuer) ?? nameText(issuer);
}

/** How a sentence names a certificate: its CN, else its first name (new leaves have no CN), else its whole subject. */
export function displayName({ subject, sanNames }: Certificate): string {
  return commonName(subject) ?? sanNames[0] ?? nameText(subject);
}
