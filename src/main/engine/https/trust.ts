// Decides whether clients of this machine trust a certificate, which HSTS requires: browsers offer no way past an error
// on a host with HSTS.
import { X509Certificate } from 'node:crypto';

/** @returns null for a root that OpenSSL cannot read; system stores contain such */
function parse(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

/** Longer chains do not exist in practice. */
const MAX_DEPTH = 8;

/**
 * Whether signatures lead from the leaf over the other certificates to a root. Does not check dates.
 * @param chain The leaf first. @param roots PEM, one certificate each.
 */
export function leadsToRoot(chain: readonly X509Certificate[], roots: readonly string[]): boolean {
  const [leaf, ...others] = chain;
  const anchors = roots.flatMap((pem) => parse(pem) ?? []);
  let current = leaf;
  for (let depth = 0; current !== undefined && depth < MAX_DEPTH; depth += 1) {
    const subject = current;
    const isIssuer = (other: X509Certificate) =>
      subject.checkIssued(other) && subject.verify(other.publicKey);
    if (anchors.some((root) => root.fingerprint256 === subject.fingerprint256 || isIssuer(root))) return true;
    current = others.find((other) => other.fingerprint256 !== subject.fingerprint256 && isIssuer(other));
  }
  return false;
}
