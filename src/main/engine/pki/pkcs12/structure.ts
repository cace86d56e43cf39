// Parses the ASN.1 structure of a PKCS#12 file (RFC 7292 section 4) without decrypting it. Every function returns null for
// malformed input.
import {
  type AsnNode,
  childAt,
  childrenOf,
  isContext,
  numberOf,
  octetsOf,
  oidOf,
  parseAsn,
  parseSequence,
} from '../inspect/asn1.ts';
import { type Pbe, readHmac, readKdf, readPbe } from '../inspect/pbe.ts';
import type { Mac } from './password.ts';

const DATA = '1.2.840.113549.1.7.1';
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6';
const KEY_BAG = '1.2.840.113549.1.12.10.1.1';
const SHROUDED_KEY_BAG = '1.2.840.113549.1.12.10.1.2';
const CERTIFICATE_BAG = '1.2.840.113549.1.12.10.1.3';
const X509_CERTIFICATE = '1.2.840.113549.1.9.22.1';

const DIGESTS: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

export interface Pfx {
  /** The AuthenticatedSafe, which the MAC protects. */
  readonly content: Uint8Array;
  /** Null if the file has no MAC, or one of an unsupported kind (then `hasMac` is true). */
  readonly mac: Mac | null;
  readonly hasMac: boolean;
}

export interface Encrypted {
  /** Null for an unsupported scheme. */
  readonly pbe: Pbe | null;
  readonly data: Uint8Array;
}

/** SafeContents, plain or encrypted. */
export type Safe = { readonly plain: Uint8Array } | { readonly encrypted: Encrypted };

export type Bag =
  | { readonly kind: 'certificate'; readonly der: Uint8Array }
  /** PrivateKeyInfo. */
  | { readonly kind: 'key'; readonly der: Uint8Array }
  | { readonly kind: 'shrouded-key'; readonly encrypted: Encrypted }
  | { readonly kind: 'other' };

/** Reads the outer structure of a PKCS#12 file. */
export function readPfx(bytes: Uint8Array): Pfx | null {
  const [version, authSafe, macData] = childrenOf(parseAsn(bytes));
  const content = octetsOf(childAt(authSafe, 1, 0));
  if (numberOf(version) !== 3 || oidOf(childAt(authSafe, 0)) !== DATA || content === null) return null;
  return { content, mac: readMac(macData), hasMac: macData !== undefined };
}

const PBMAC1 = '1.2.840.113549.1.5.14';

/** RFC 9579: the key comes from PBKDF2; the salt and iterations of MacData are ignored. */
function readPbmac1(digestInfo: AsnNode | undefined): Mac | null {
  const parameters = childAt(digestInfo, 0, 1);
  const kdf = readKdf(childAt(parameters, 0));
  const digest = readHmac(childAt(parameters, 1));
  const keyLength = numberOf(childAt(parameters, 0, 1, 2)); // required by section 4
  const value = octetsOf(childAt(digestInfo, 1));
  if (kdf?.kdf !== 'pbkdf2' || digest === undefined || keyLength === null || value === null) return null;
  if (keyLength < 1 || keyLength > 128) return null;
  const { salt, iterations, digest: prf } = kdf;
  return { digest, value, salt, iterations, pbkdf2: { prf, keyLength } };
}

function readMac(macData: AsnNode | undefined): Mac | null {
  if (oidOf(childAt(macData, 0, 0, 0)) === PBMAC1) return readPbmac1(childAt(macData, 0));
  const digest = DIGESTS[oidOf(childAt(macData, 0, 0, 0)) ?? ''];
  const value = octetsOf(childAt(macData, 0, 1));
  const salt = octetsOf(childAt(macData, 1));
  const count = childAt(macData, 2);
  const iterations = count === undefined ? 1 : numberOf(count);
  if (digest === undefined || value === null || salt === null || iterations === null) return null;
  return { digest, value, salt, iterations };
}

/** Reads the safes of an AuthenticatedSafe (`content` of a Pfx). */
export function readSafes(authenticatedSafe: Uint8Array): readonly Safe[] | null {
  const root = parseSequence(authenticatedSafe);
  const safes = childrenOf(root).map(readSafe);
  return root === undefined || safes.includes(null) ? null : safes.filter((safe) => safe !== null);
}

function readSafe(contentInfo: AsnNode): Safe | null {
  const type = oidOf(childAt(contentInfo, 0));
  if (type === DATA) {
    const plain = octetsOf(childAt(contentInfo, 1, 0));
    return plain === null ? null : { plain };
  }
  const encryptedContent = childAt(contentInfo, 1, 0, 1);
  const data = implicitOctets(childAt(encryptedContent, 2));
  if (type !== ENCRYPTED_DATA || data === null) return null;
  return { encrypted: { pbe: readPbe(childAt(encryptedContent, 1)), data } };
}

/** [0] IMPLICIT OCTET STRING; BER may split it into parts. */
function implicitOctets(node: AsnNode | undefined): Uint8Array | null {
  if (!isContext(node, 0)) return null;
  const parts = childrenOf(node).map(octetsOf);
  if (parts.length === 0) return octetsOf(node);
  return parts.includes(null) ? null : Buffer.concat(parts.filter((part) => part !== null));
}

/** Reads the bags of decrypted SafeContents. */
export function readBags(safeContents: Uint8Array): readonly Bag[] | null {
  const root = parseSequence(safeContents);
  if (root === undefined) return null; // decryption with a wrong password rarely yields a SEQUENCE
  const bags = childrenOf(root).map(readBag);
  return bags.includes(null) ? null : bags.filter((bag) => bag !== null);
}

function readBag(bag: AsnNode): Bag | null {
  const kind = oidOf(childAt(bag, 0));
  if (kind === null) return null;
  const value = childAt(bag, 1, 0);
  if (kind === KEY_BAG && value !== undefined) return { kind: 'key', der: new Uint8Array(value.toBER()) };
  if (kind === SHROUDED_KEY_BAG) {
    const data = octetsOf(childAt(value, 1));
    return data && { kind: 'shrouded-key', encrypted: { pbe: readPbe(childAt(value, 0)), data } };
  }
  if (kind !== CERTIFICATE_BAG || oidOf(childAt(value, 0)) !== X509_CERTIFICATE) return { kind: 'other' };
  const der = octetsOf(childAt(value, 1, 0));
  return der && { kind: 'certificate', der };
}
