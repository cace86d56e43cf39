// The chain of a certificate: every certificate of what is given, and their order, leaf first (RFC 8446 section 4.4.2).
import { type KeyObject, X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { coversName } from '../../../../shared/names.ts';
import { CertdeskError } from '../../core/errors.ts';
import { type Certificate, isIssuedBy, isSelfSigned } from './certificate.ts';
import { type Content, MAX_CERTIFICATES, readContent } from './content.ts';
import { ownsKey } from './public-key.ts';

/** Longer than any real path; bounds the signature checks. */
const MAX_PATH = 10;

/**
 * Every certificate of a text or file in any form that content.ts reads, as it was given. Other things beside them are
 * allowed (a bundle with the key in it). Throws CERTIFICATE_UNREADABLE where there is none, or one of them is damaged.
 */
export function parseChain(given: Uint8Array | string): readonly Certificate[] {
  return certificatesOf(readContent(given));
}

/** @throws CERTIFICATE_UNREADABLE */
export function certificatesOf(content: Content): readonly Certificate[] {
  const { certificates, certificatesFound: found, damagedCertificates } = content;
  if (found === 0) throw unreadable(explainMissing(content));
  if (found > MAX_CERTIFICATES)
    throw unreadable(`it contains ${found} certificates; send only the leaf and its chain`);
  const [damaged] = damagedCertificates;
  if (damaged !== undefined)
    throw unreadable(`certificate ${damaged} of ${found} is damaged: a line is missing, cut or changed`);
  return certificates;
}

function explainMissing({ keys, description }: Content): string {
  return keys.length > 0 ? `${description}; enter the key in its own field` : description;
}

function unreadable(why: string): CertdeskError {
  return new CertdeskError('CERTIFICATE_UNREADABLE', `The certificate cannot be read: ${why}.`);
}

export interface OrderOptions {
  /** The leaf is the certificate of this key; without it, the one that is no CA and issued none of the others. */
  readonly privateKey?: KeyObject;
  /** Of several certificates of that key, the one for these names is meant, the first name before all others. */
  readonly names?: readonly string[];
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
  /** A root at the end of the path that has expired: some clients fail on it. It is left out of the path. */
  readonly expiredRoot: Certificate | null;
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
  const whole = findPath(leaf, distinct, options.now);
  const expiredRoot = findExpiredRoot(whole, options.now);
  const path = whole.filter((item) => item !== expiredRoot);
  const inPath = distinct.filter((item) => path.includes(item));
  const selfSigned = isSelfSigned(leaf);
  return {
    leaf,
    path,
    leftOut: distinct.filter((item) => !whole.includes(item)),
    expiredRoot,
    inOrder: path.every((item, index) => item === inPath[index]),
    selfSigned,
    complete: selfSigned || whole.length > 1 || isIssuedByRoot(leaf, options.roots ?? rootCertificates),
  };
}

/** @param path With more than the leaf. */
function findExpiredRoot(path: readonly Certificate[], now: Date): Certificate | null {
  const top = path.length > 1 ? path.at(-1) : undefined;
  return top !== undefined && now > top.notAfter && isSelfSigned(top) ? top : null;
}

function findLeaf(given: readonly Certificate[], options: OrderOptions): Certificate | undefined {
  const { privateKey } = options;
  if (privateKey !== undefined) {
    return given
      .filter((item) => ownsKey(item, privateKey))
      .toSorted((a, b) => compareLeaves(a, b, options))[0];
  }
  const ends = given.filter(
    (item) => !given.some((other) => other !== item && isIssuedBy(other.x509, item.x509)),
  );
  return ends.find((item) => !item.x509.ca) ?? ends[0] ?? given[0];
}

/**
 * Sorts first what is meant: the certificate for the names, that is valid, is no CA's, and begins last (a key that is
 * used again fits the old certificate and the new one).
 */
export function compareLeaves(
  a: Certificate,
  b: Certificate,
  { names = [], now }: Pick<OrderOptions, 'names' | 'now'>,
): number {
  const rank = (item: Certificate): readonly number[] => [
    ...names.slice(0, 1).map((name) => Number(item.sanNames.some((own) => coversName(own, name)))),
    names.filter((name) => item.sanNames.some((own) => coversName(own, name))).length,
    Number(item.notBefore <= now && now <= item.notAfter),
    Number(!item.x509.ca),
    item.notBefore.getTime(),
  ];
  const [ofA, ofB] = [rank(a), rank(b)];
  return ofB.map((value, at) => value - (ofA[at] ?? 0)).find((difference) => difference !== 0) ?? 0;
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
