// Extracts from a certificate the data that Certdesk stores and shows.
import { toDnsName } from '../../../../shared/names.ts';
import { type Timestamp, toTimestamp } from '../../../../shared/time.ts';
import type { LeafFacts } from '../../core/model.ts';
import { type Certificate, markAddress } from './certificate.ts';
import { commonName, nameText, organization } from './distinguished-name.ts';
import { describeKey, publicKeyOf } from './public-key.ts';

/** A certificate of a chain, for display. */
export interface CertificateDescription {
  /** RFC 4514, most specific first. */
  readonly subject: string;
  readonly issuer: string;
  /** As in LeafFacts; for a CA certificate only the names in its SAN. */
  readonly names: readonly string[];
  readonly issuedAt: Timestamp;
  readonly expiresAt: Timestamp;
  /** As in LeafFacts. */
  readonly serial: string;
  /** SHA-256 of the DER, upper-case hex, no colons. */
  readonly fingerprint: string;
  /** SHA-1 of the DER, in the same form. Not secure, only for comparison with older tools. */
  readonly fingerprintSha1: string;
  /** `rsa`, `ec`, or another name of node:crypto; `unknown` if the key cannot be read. */
  readonly keyType: string;
  /** Bits of the modulus or of the curve; null for other kinds. */
  readonly keySize: number | null;
  /** OpenSSL's name, or the OID. */
  readonly signatureAlgorithm: string;
  readonly isCa: boolean;
}

/** The facts of a leaf certificate that Certdesk stores. */
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

/** Describes a leaf or CA certificate for display. */
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

/** The SAN names. If there are none, the CN (as A-labels if it is a host name; `cn:` and an IP address, which clients ignore). */
function namesOf({ sanNames, subject }: Certificate): readonly string[] {
  const cn = commonName(subject);
  return sanNames.length > 0 || cn === null
    ? sanNames
    : [toDnsName(cn) ?? markAddress('cn', cn.toLowerCase())];
}

function fingerprintOf({ x509 }: Certificate): string {
  return x509.fingerprint256.replaceAll(':', '');
}

/** The issuer's name for display: its CN, else its organization, else its whole distinguished name. */
export function issuerName({ issuer }: Certificate): string {
  return commonName(issuer) ?? organization(issuer) ?? nameText(issuer);
}

/** A certificate's name in messages: its CN, else its first SAN name (new leaves have no CN), else its whole subject. */
export function displayName({ subject, sanNames }: Certificate): string {
  return commonName(subject) ?? sanNames[0] ?? nameText(subject);
}
