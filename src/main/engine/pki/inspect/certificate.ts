// One certificate, parsed once: node:crypto's X509Certificate for keys and signatures, and beside it the fields that
// it does not give as they stand in the DER (RFC 5280 section 4.1): serial octets, names, signature algorithm.
import { X509Certificate } from 'node:crypto';
import { type AsnNode, childAt, childrenOf, isContext, octetsOf, oidOf, parseAsn } from './asn1.ts';
import { hasExplicitCurve } from './der-kind.ts';
import { type DistinguishedName, readName } from './distinguished-name.ts';
import { readSignature, type SignatureAlgorithm } from './signature.ts';

export interface Certificate {
  readonly x509: X509Certificate;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  /** Upper-case hex of the content octets, a leading 00 included. */
  readonly serial: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SAN dNSNames and iPAddresses in order, once each: lower case, IPv6 as RFC 5952 writes it. */
  readonly sanNames: readonly string[];
  readonly signature: SignatureAlgorithm;
  /** The curve of its EC key is written out as numbers: RFC 5480 section 2.1.1 forbids it, and clients refuse it. */
  readonly hasExplicitCurve: boolean;
}

const SUBJECT_ALT_NAME = '2.5.29.17';

/** Some 5,000 names; beyond it parsing would take long. */
const MAX_BYTES = 256 * 1024;

/** Parses one DER certificate; null where it is none. */
export function readCertificate(der: Uint8Array): Certificate | null {
  if (der.length > MAX_BYTES || der[0] !== 0x30) return null; // X509Certificate takes PEM too
  try {
    const x509 = new X509Certificate(der);
    const parsed = parseAsn(x509.raw);
    const tbs = childrenOf(childAt(parsed, 0));
    const [serial, , issuer, , subject, publicKey] = isContext(tbs[0], 0) ? tbs.slice(1) : tbs;
    const octets = octetsOf(serial);
    if (octets === null || Number.isNaN(x509.validFromDate.getTime() + x509.validToDate.getTime()))
      return null;
    return {
      x509,
      subject: readName(subject),
      issuer: readName(issuer),
      serial: Buffer.from(octets).toString('hex').toUpperCase(),
      notBefore: x509.validFromDate,
      notAfter: x509.validToDate,
      sanNames: readSanNames(tbs),
      signature: readSignature(childAt(parsed, 1)),
      hasExplicitCurve: hasExplicitCurve(childAt(publicKey, 0)),
    };
  } catch {
    return null; // OpenSSL's reasons name its own source files; "damaged" is what they come to
  }
}

function readSanNames(tbs: readonly AsnNode[]): readonly string[] {
  const extensions = tbs.find((part) => isContext(part, 3));
  const san = childrenOf(childAt(extensions, 0)).find(
    (extension) => oidOf(childAt(extension, 0)) === SUBJECT_ALT_NAME,
  );
  const value = octetsOf(childrenOf(san).at(-1));
  const names = childrenOf(value === null ? undefined : parseAsn(value)).map(readGeneralName);
  return [...new Set(names.filter((name) => name !== null))];
}

/** RFC 5280 section 4.2.1.6: [2] dNSName, [7] iPAddress; the other kinds name no host. */
function readGeneralName(node: AsnNode): string | null {
  const octets = octetsOf(node);
  if (octets === null) return null;
  if (isContext(node, 2)) return toDomain(octets);
  return isContext(node, 7) ? toIpAddress(octets) : null;
}

/**
 * Lower case. A dNSName is ASCII (IDN stand there as A-labels); octets that are not are written `\DDD` as in RFC 1035
 * section 5.1, so that such a name is seen and matches no domain, as it matches none in clients.
 */
function toDomain(octets: Uint8Array): string {
  const escaped = Array.from(octets, (octet) =>
    octet > 0x20 && octet < 0x7f ? String.fromCharCode(octet) : `\\${String(octet).padStart(3, '0')}`,
  );
  return escaped.join('').toLowerCase();
}

function toIpAddress(octets: Uint8Array): string | null {
  if (octets.length === 4) return octets.join('.');
  if (octets.length !== 16) return null;
  const groups = Buffer.from(octets).toString('hex').match(/.{4}/g) ?? [];
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

/** Whether `issuer` signed `certificate`: names, key identifiers, key usage and the signature itself. */
export function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  } catch {
    return false; // a key or signature of a kind that this OpenSSL does not know
  }
}

/** Signed by its own key. Not `isIssuedBy` itself: a self-signed server certificate may lack the right to sign others. */
export function isSelfSigned({ x509 }: Certificate): boolean {
  try {
    return x509.subject === x509.issuer && x509.verify(x509.publicKey);
  } catch {
    return false;
  }
}
