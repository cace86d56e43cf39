// Reads all certificates from a text or file and puts them in order, leaf first (RFC 8446 section 4.4.2).
import { type KeyObject, X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { coversName } from '../../../../shared/names.ts';
import { CertdeskError } from '../../core/errors.ts';
import { type Certificate, isSelfSigned } from './certificate.ts';
import { type Content, MAX_CERTIFICATES, readContent } from './content.ts';
import { isIssuedBy } from './issued-by.ts';
import { ownsKey } from './public-key.ts';

/** Longer than any real chain; limits the number of signature checks. */
const MAX_PATH = 10;

/**
 * Reads every certificate of a text or file, in any format that content.ts supports and in the given order. Other
 * contents are ignored, such as a private key in a bundle.
 * @throws CERTIFICATE_UNREADABLE if there is no certificate, or one of them is damaged
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
  /** The leaf is the certificate of this key. Default: the certificate that is not a CA and issued no other one. */
  readonly privateKey?: KeyObject;
  /** If the key has several certificates, prefer the one for these names; the first name matters most. */
  readonly names?: readonly string[];
  readonly now: Date;
  /** PEM roots that clients trust. Default: Node's list (Mozilla's). */
  readonly roots?: readonly string[];
}

export interface OrderedChain {
  readonly leaf: Certificate;
  /** The leaf, its issuer, that certificate's issuer and so on, without duplicates. */
  readonly path: readonly Certificate[];
  /** Given certificates that are not part of the path. */
  readonly unrelated: readonly Certificate[];
  /** An expired root at the end of the chain, removed from `path` because some clients fail on it. */
  readonly expiredRoot: Certificate | null;
  /** Whether the path was given in this order. */
  readonly inOrder: boolean;
  readonly selfSigned: boolean;
  /**
   * Whether the leaf's issuer is known: it is in the chain or among the roots. A chain does not need its root, and a
   * private CA's chain counts as complete.
   */
  readonly complete: boolean;
}

/** Orders a chain by checking issuers and signatures; null if no certificate belongs to the key. */
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
    unrelated: distinct.filter((item) => !whole.includes(item)),
    expiredRoot,
    inOrder: path.every((item, index) => item === inPath[index]),
    selfSigned,
    complete: selfSigned || whole.length > 1 || isIssuedByRoot(leaf, options.roots ?? rootCertificates),
  };
}

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
 * Comparator that puts the most suitable leaf first: it covers the names, is valid, is not a CA, and is the newest (a
 * reused key matches both the old and the new certificate).
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
    // A cross-signed or renewed issuer has several certificates with the same name and key: prefer a valid one.
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
