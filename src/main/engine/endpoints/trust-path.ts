// Follows the certificates that a server sent: how they are linked, and whether they lead to a trusted root. Pure.
import type { X509Certificate } from 'node:crypto';
import { isIssuedBy, isSignedByItself } from '../pki/inspect/issued-by.ts';
import { isValidAt, type Trust } from './trust.ts';

/** Limit the number of signature checks when a server sends hundreds of certificates of the same name. */
const MAX_ISSUERS = 20;
const MAX_VISITED = 40;

export interface TrustPath {
  /** The leaf, its issuer and so on, up to the last certificate below a root; without the root. */
  readonly path: readonly X509Certificate[];
  /**
   * `trusted`: a trusted root, or a trusted certificate itself. `self-signed`: the leaf signed itself. `root`: a root that
   * is not trusted. `expired-root`: a trusted root that has expired. `missing`: an issuer that is not there.
   */
  readonly end: 'trusted' | 'self-signed' | 'root' | 'expired-root' | 'missing';
  /** The root, except for `missing`. */
  readonly root: X509Certificate | null;
}

/**
 * The certificates of `sent` that belong together: the leaf, its issuer and so on, up to a root if the server sent one.
 * Of several issuers, prefers one that is valid now.
 */
export function linkSent(sent: readonly X509Certificate[], now: Date): readonly X509Certificate[] {
  const [leaf] = sent;
  if (leaf === undefined) return [];
  const linked = [leaf];
  for (let top = leaf; !isSignedByItself(top); ) {
    const next = issuersOf(top, sent, now).find((each) => !linked.some((own) => isSame(own, each)));
    if (next === undefined) break;
    linked.push(next);
    top = next;
  }
  return linked;
}

/**
 * Finds a path from the leaf (`pool[0]`) to a trusted root through the certificates of the pool, whatever their order.
 * If there is none, the first path that ends at an untrusted root, otherwise the longest.
 */
export function findTrustPath(pool: readonly X509Certificate[], trust: Trust, now: Date): TrustPath | null {
  const [leaf] = pool;
  if (leaf === undefined) return null;
  const seen = new Set<string>();
  const ends: TrustPath[] = [];
  const walk = (path: readonly X509Certificate[]): TrustPath | null => {
    const top = path.at(-1) ?? leaf;
    // Each certificate once: hostile chains have many paths.
    if (seen.has(top.fingerprint256) || seen.size >= MAX_VISITED) return null;
    seen.add(top.fingerprint256);
    const end = endOf(path, top, { trust, now });
    if (end !== null) ends.push(end);
    if (end?.end === 'trusted') return end;
    const onward = issuersOf(top, pool, now);
    if (end === null && onward.length === 0) ends.push({ path, end: 'missing', root: null });
    for (const issuer of onward) {
      const found = walk([...path, issuer]);
      if (found !== null) return found;
    }
    return null;
  };
  return walk([leaf]) ?? best(ends) ?? { path: [leaf], end: 'missing', root: null };
}

/** @returns null if the path continues, or its next certificate is missing */
function endOf(
  path: readonly X509Certificate[],
  top: X509Certificate,
  { trust, now }: { readonly trust: Trust; readonly now: Date },
): TrustPath | null {
  if (trust.has(top)) {
    const below = path.length === 1 ? path : path.slice(0, -1);
    return { path: below, end: isValidAt(top, now) ? 'trusted' : 'expired-root', root: top };
  }
  const root = trust.findIssuer(top, now);
  if (root !== null) return { path, end: isValidAt(root, now) ? 'trusted' : 'expired-root', root };
  if (!isSignedByItself(top)) return null;
  if (path.length === 1) return { path, end: 'self-signed', root: top };
  return { path: path.slice(0, -1), end: 'root', root: top };
}

function best(ends: readonly TrustPath[]): TrustPath | undefined {
  const rank = ({ end }: TrustPath) => ['expired-root', 'self-signed', 'root', 'missing'].indexOf(end);
  return ends.toSorted((a, b) => rank(a) - rank(b) || b.path.length - a.path.length)[0];
}

/** The CA certificates of the pool that issued it, valid ones first. */
function issuersOf(
  certificate: X509Certificate,
  pool: readonly X509Certificate[],
  now: Date,
): readonly X509Certificate[] {
  return pool
    .filter((each) => each.subject === certificate.issuer && each.ca && !isSame(each, certificate))
    .slice(0, MAX_ISSUERS)
    .filter((each) => isIssuedBy(certificate, each))
    .toSorted((a, b) => Number(isValidAt(b, now)) - Number(isValidAt(a, now)));
}

export function isSame(a: X509Certificate, b: X509Certificate): boolean {
  return a.fingerprint256 === b.fingerprint256;
}
