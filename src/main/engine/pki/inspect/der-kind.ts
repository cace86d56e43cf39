// Recognizes the type of a DER or BER value by its structure alone (X.690, RFC 5280, 5652, 5958, 7292, 8017, 5915).
import {
  type AsnNode,
  bytesOf,
  childAt,
  childrenOf,
  isContext,
  numberOf,
  octetsOf,
  oidOf,
  parseAsn,
} from './asn1.ts';

export type DerKind =
  | 'certificate'
  | 'pkcs7'
  | 'pkcs7 without certificates'
  | 'pkcs12'
  /** Private keys: the PEM label for their structure. */
  | 'PRIVATE KEY'
  | 'ENCRYPTED PRIVATE KEY'
  | 'RSA PRIVATE KEY'
  | 'EC PRIVATE KEY'
  | 'DSA PRIVATE KEY'
  | 'request'
  | 'revocation list'
  | 'public key'
  | 'parameters';

const PKCS7_SIGNED_DATA = '1.2.840.113549.1.7.2';
const PKCS7_ARC = '1.2.840.113549.1.7.';

/** @returns the kind of value; null if it is unknown */
export function kindOfDer(node: AsnNode | undefined): DerKind | null {
  const parts = childrenOf(node);
  const [first, second, third] = parts;
  if (oidOf(node) !== null) return 'parameters'; // a named curve
  const type = oidOf(first);
  if (type === PKCS7_SIGNED_DATA) return 'pkcs7';
  if (type !== null) return type.startsWith(PKCS7_ARC) ? 'pkcs7 without certificates' : null;
  const version = numberOf(first);
  if (version === 3 && oidOf(childAt(second, 0))?.startsWith(PKCS7_ARC)) return 'pkcs12';
  if (isSignedData(parts)) return 'pkcs7';
  if (first !== undefined && version === null && octetsOf(first) !== null)
    return parts.length === 2 && octetsOf(second) !== null ? 'public key' : null; // PKCS#1: modulus and exponent
  return version === null ? kindOfTree(parts) : kindOfKey(version, [second, third, ...parts.slice(3)]);
}

/** SignedData without the ContentInfo around it: version, digest algorithms, content, certificates. */
function isSignedData([version, , content]: readonly AsnNode[]): boolean {
  return numberOf(version) !== null && (oidOf(childAt(content, 0))?.startsWith(PKCS7_ARC) ?? false);
}

function kindOfKey(
  version: number,
  [second, third, ...rest]: readonly (AsnNode | undefined)[],
): DerKind | null {
  if (oidOf(childAt(second, 0)) !== null)
    return octetsOf(third) !== null && childrenOf(third).length === 0 ? 'PRIVATE KEY' : 'parameters';
  if (version === 1 && octetsOf(second) !== null && numberOf(second) === null && rest.length < 3)
    return 'EC PRIVATE KEY';
  if (third === undefined) return octetsOf(second) === null ? null : 'public key';
  if (version > 1) return null;
  if (rest.length >= 6) return 'RSA PRIVATE KEY';
  return rest.length === 3 ? 'DSA PRIVATE KEY' : null;
}

/** Recognizes values that start with a SEQUENCE: signed structures, and keys with an AlgorithmIdentifier. */
function kindOfTree(parts: readonly AsnNode[]): DerKind | null {
  const [first, second] = parts;
  if (parts.length === 2 && oidOf(childAt(first, 0)) !== null)
    return isOctetString(second) ? 'ENCRYPTED PRIVATE KEY' : 'public key';
  if (parts.length < 3 || oidOf(childAt(second, 0)) === null) return null;
  const inner = childrenOf(first);
  if (isContext(inner[0], 0)) return 'certificate';
  // A version 1 certificate has no version field: serial, algorithm, issuer, validity, subject, key.
  const algorithmAt = inner.findIndex((part) => oidOf(childAt(part, 0)) !== null);
  if (algorithmAt === 2 || (inner.length >= 3 && algorithmAt === -1)) return 'request';
  return inner.length === 6 && childrenOf(inner[3]).length === 2 && childrenOf(inner[5]).length === 2
    ? 'certificate'
    : 'revocation list';
}

function isOctetString(node: AsnNode | undefined): boolean {
  return node?.idBlock.tagClass === 1 && node.idBlock.tagNumber === 4;
}

/** The certificates in a SignedData, each as DER, in order. */
export function certificatesOfPkcs7(node: AsnNode | undefined): readonly Uint8Array[] {
  const signedData = oidOf(childAt(node, 0)) === PKCS7_SIGNED_DATA ? childAt(node, 1, 0) : node;
  const bag = childrenOf(signedData).find((part) => isContext(part, 0));
  return childrenOf(bag).map(bytesOf);
}

/** Recognizes a damaged file by its first octets; null if they are unknown. */
export function kindOfBeginning(
  bytes: Uint8Array,
): 'PKCS#12' | 'PKCS#7' | 'certificate' | 'private key' | null {
  const start = bytes[0] === 0x30 ? contentStart(bytes) : null;
  if (start === null) return null;
  const hex = Buffer.from(bytes.subarray(start, start + 14)).toString('hex');
  if (hex.startsWith('020103')) return 'PKCS#12';
  if (hex.startsWith('06092a864886f70d0107')) return 'PKCS#7';
  if (/^(020100|0201010[24])/.test(hex)) return 'private key';
  return /^30(82....|81..|..)a003020/.test(hex) ? 'certificate' : null;
}

/** The encoded length of the value, including tag and length octets; null if it is indefinite or unreadable. */
export function statedLength(bytes: Uint8Array): number | null {
  const start = contentStart(bytes);
  const first = bytes[1];
  if (start === null || first === undefined || first === 0x80) return null;
  if (first < 0x80) return start + first;
  return start + bytes.subarray(2, start).reduce((length, octet) => length * 256 + octet, 0);
}

function contentStart(bytes: Uint8Array): number | null {
  const first = bytes[1];
  if (first === undefined || first > 0x84) return null;
  const start = 2 + (first > 0x80 ? first - 0x80 : 0);
  return start < bytes.length ? start : null;
}

/** Whether an AlgorithmIdentifier has explicit EC parameters, which RFC 5480 section 2.1.1 forbids. */
export function hasExplicitCurve(algorithm: AsnNode | undefined): boolean {
  return oidOf(childAt(algorithm, 0)) === '1.2.840.10045.2.1' && childrenOf(childAt(algorithm, 1)).length > 0;
}

/** Whether a private key has explicit EC parameters. @param der PKCS#8 or SEC 1. */
export function keyHasExplicitCurve(der: Uint8Array): boolean {
  const node = parseAsn(der);
  if (hasExplicitCurve(childAt(node, 1))) return true;
  return numberOf(childAt(node, 0)) === 1 && childrenOf(childAt(node, 2, 0)).length > 0;
}
