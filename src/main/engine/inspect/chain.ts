// The chain of a certificate: every certificate out of a PEM text, and their order, leaf first (RFC 8446 section 4.4.2).
import { type KeyObject, X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { CertdeskError } from '../errors.ts';
import { type Certificate, isIssuedBy, isSelfSigned, readCertificate } from './certificate.ts';
import { decodePem, describeContent, type PemBlock, readPemBlocks } from './pem.ts';
import { ownsKey } from './public-key.ts';

/** A real chain has 2 to 4; this many come from somebody's whole bundle of roots. */
const MAX_CERTIFICATES = 100;
/** Longer than any real path; bounds the signature checks. */
const MAX_PATH = 10;

/**
 * Every certificate of a PEM text, as it was given. Text between the blocks is allowed, and so are other blocks (a
 * bundle with the key in it). Throws CERTIFICATE_UNREADABLE where there is none, or where one of them is damaged.
 */
export function parseChain(pem: string): readonly Certificate[] {
  const blocks = readPemBlocks(pem);
  const found = blocks.filter(({ label }) => /^(X509 |TRUSTED )?CERTIFICATE$/.test(label));
  if (found.length === 0) throw unreadable(explainMissing(pem, blocks));
  if (found.length > MAX_CERTIFICATES) {
    throw unreadable(`it holds ${found.length} certificates; give only the leaf and its chain`);
  }
  return found.map((block, index) => {
    const decoded = decodePem(block);
    const certificate = decoded === null ? null : readCertificate(decoded.der);
    if (certificate !== null) return certificate;
    throw unreadable(
      `certificate ${index + 1} of ${found.length} is damaged: a line is missing, cut or changed`,
    );
  });
}

function explainMissing(pem: string, blocks: readonly PemBlock[]): string {
  const what = describeContent(pem, blocks);
  return what === 'it holds a private key' ? `${what}; the key has a field of its own` : what;
}

function unreadable(why: string): CertdeskError {
  return new CertdeskError('CERTIFICATE_UNREADABLE', `The certificate cannot be read: ${why}.`);
}

export interface OrderOptions {
  /** The leaf is the certificate of this key; without it, the one that is no CA and issued none of the others. */
  readonly privateKey?: KeyObject;
  readonly now: Date;
  /** PEM roots that clients have; Node's own list (Mozilla's) where left out. */
  readonly roots?: readonly string[];
}

export interface OrderedChain {
  readonly leaf: Certificate;
  /** Leaf, its issuer, that one's issuer …, once each. */
  readonly path: readonly Certificate[];
  /** What was given beside the path. */
  readonly leftOut: readonly Certificate[];
  /** Whether the path was given in this order. */
  readonly inOrder: boolean;
  readonly selfSigned: boolean;
  /**
   * Whether the leaf's issuer is at hand: in the chain, or among the roots. A chain without its root is complete,
   * and a private CA's chain is believed to be.
   */
  readonly complete: boolean;
}

/** Puts a chain in order by real issuer and signature checks; null where no certificate is the key's. */
export function orderChain(given: readonly Certificate[], options: OrderOptions): OrderedChain | null {
  const distinct = [...new Map(given.map((item) => [item.x509.fingerprint256, item])).values()];
  const leaf = findLeaf(distinct, options);
  if (leaf === undefined) return null;
  const path = findPath(leaf, distinct, options.now);
  const inPath = distinct.filter((item) => path.includes(item));
  const selfSigned = isSelfSigned(leaf);
  return {
    leaf,
    path,
    leftOut: distinct.filter((item) => !path.includes(item)),
    inOrder: path.every((item, index) => item === inPath[index]),
    selfSigned,
    complete: selfSigned || path.length > 1 || isIssuedByRoot(leaf, options.roots ?? rootCertificates),
  };
}

/** A key that is used again fits the old certificate and the new one: the one that begins last is meant. */
function findLeaf(given: readonly Certificate[], { privateKey }: OrderOptions): Certificate | undefined {
  if (privateKey !== undefined) {
    const own = given.filter((item) => ownsKey(item, privateKey));
    return own.toSorted(
      (a, b) => Number(a.x509.ca) - Number(b.x509.ca) || b.notBefore.getTime() - a.notBefore.getTime(),
    )[0];
  }
  const ends = given.filter(
    (item) => !given.some((other) => other !== item && isIssuedBy(other.x509, item.x509)),
  );
  return ends.find((item) => !item.x509.ca) ?? ends[0] ?? given[0];
}

function findPath(leaf: Certificate, given: readonly Certificate[], now: Date): readonly Certificate[] {
  const path = [leaf];
  for (let top = leaf; path.length < MAX_PATH && !isSelfSigned(top); ) {
    const issuers = given.filter((item) => !path.includes(item) && isIssuedBy(top.x509, item.x509));
    // two issuers of one name and key are cross-signed or renewed: the one that is still valid serves
    const issuer = issuers.find((item) => item.notBefore <= now && now <= item.notAfter) ?? issuers[0];
    if (issuer === undefined) break;
    path.push(issuer);
    top = issuer;
  }
  return path;
}

function isIssuedByRoot(leaf: Certificate, roots: readonly string[]): boolean {
  return roots.some((root) => isIssuedBy(leaf.x509, new X509Certificate(root)));
}
