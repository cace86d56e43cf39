// Parses a certificate: node:crypto's X509Certificate for keys and signatures, and the fields that it does not expose
// exactly as in the DER (RFC 5280 section 4.1): serial number, names, signature algorithm.
import { X509Certificate } from 'node:crypto';
import { fromOctets, isIpAddress } from '../../../../shared/ip-address.ts';
import { type AsnNode, childAt, childrenOf, isContext, octetsOf, oidOf, parseAsn } from './asn1.ts';
import { hasExplicitCurve } from './der-kind.ts';
import { type DistinguishedName, readName } from './distinguished-name.ts';
import { isSignedByItself } from './issued-by.ts';
import { readSignature, type SignatureAlgorithm } from './signature.ts';

export interface Certificate {
  readonly x509: X509Certificate;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  /** Upper-case hex of the content octets, including a leading 00. */
  readonly serial: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /**
   * SAN dNSNames and iPAddresses in order, without duplicates: lower case, IPv6 as in RFC 5952. An entry that clients
   * ignore has the prefix `dns:` (a dNSName that looks like an IP address) or `ip:` (an iPAddress of a wrong length, in
   * hex), so that it is visible but equals no name.
   */
  readonly sanNames: readonly string[];
  readonly signature: SignatureAlgorithm;
  /** Its EC key has explicit curve parameters, which RFC 5480 section 2.1.1 forbids and clients reject. */
  readonly hasExplicitCurve: boolean;
}

const SUBJECT_ALT_NAME = '2.5.29.17';

/** Enough for about 5,000 names; larger certificates would take long to parse. */
const MAX_BYTES = 256 * 1024;

/** Parses one DER certificate; null if it is not a certificate. */
export function readCertificate(der: Uint8Array): Certificate | null {
  if (der.length > MAX_BYTES || der[0] !== 0x30) return null; // X509Certificate also accepts PEM
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
    return null; // OpenSSL's error messages name its source files and do not help users
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

/** RFC 5280 section 4.2.1.6: [2] dNSName, [7] iPAddress; the other kinds are not host names. */
function readGeneralName(node: AsnNode): string | null {
  const octets = octetsOf(node);
  if (octets === null) return null;
  if (isContext(node, 2)) return toDomain(octets);
  return isContext(node, 7) ? toAddress(octets) : null;
}

/**
 * Decodes a dNSName in lower case. It should be ASCII (IDNs are A-labels). Other octets become `\DDD` as in RFC 1035
 * section 5.1, so that the name is visible but matches no domain, as in clients. Clients compare an IP address only with
 * iPAddresses (RFC 9525 section 6.4).
 */
function toDomain(octets: Uint8Array): string {
  const escaped = Array.from(octets, (octet) =>
    octet > 0x20 && octet < 0x7f ? String.fromCharCode(octet) : `\\${String(octet).padStart(3, '0')}`,
  );
  return markAddress('dns', escaped.join('').toLowerCase());
}

/**
 * Adds a prefix to a text that looks like an IP address, or like a wildcard of one, but is none: a dNSName or a common
 * name.
 */
export function markAddress(prefix: 'dns' | 'cn', name: string): string {
  return isIpAddress(name) || /^(?:\*\.)?[\d.]+$/.test(name) ? `${prefix}:${name}` : name;
}

/** RFC 5280 section 4.2.1.6: exactly 4 octets for IPv4 and 16 for IPv6. */
function toAddress(octets: Uint8Array): string {
  return fromOctets(octets) ?? `ip:${Buffer.from(octets).toString('hex')}`;
}

export function isSelfSigned({ x509 }: Certificate): boolean {
  return isSignedByItself(x509);
}
