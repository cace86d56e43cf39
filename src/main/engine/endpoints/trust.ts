// The root certificates that a check trusts, indexed by subject so that a lookup verifies one or two signatures.
import { X509Certificate } from 'node:crypto';
import { rememberLatest } from '../core/remember-latest.ts';
import { isIssuedBy } from '../pki/inspect/issued-by.ts';
import { splitPem } from './pem.ts';

export interface Trust {
  /** The trusted root that issued the certificate; one that is valid now comes first. Null if there is none. */
  findIssuer(certificate: X509Certificate, now: Date): X509Certificate | null;
  /** Whether exactly this certificate is a trusted root. */
  has(certificate: X509Certificate): boolean;
}

/**
 * Intermediates among the roots (NODE_EXTRA_CA_CERTS often has some) are ignored: clients do not have them, and they would
 * hide that the server does not send them.
 * @param roots PEM, one certificate each (outgoing/trusted-roots.ts has the machine's). They are parsed at the first use.
 * A root that cannot be parsed is skipped, as Node does.
 */
export function createTrust(roots: readonly string[]): Trust {
  let index: Map<string, X509Certificate[]> | null = null;
  const withSubject = (subject: string): readonly X509Certificate[] => {
    index ??= Map.groupBy(roots.flatMap(parseRoot), (root) => root.subject);
    return index.get(subject) ?? [];
  };
  return {
    findIssuer(certificate, now) {
      const issuers = withSubject(certificate.issuer).filter((root) => isIssuedBy(certificate, root));
      return issuers.find((root) => isValidAt(root, now)) ?? issuers[0] ?? null;
    },
    has: (certificate) =>
      withSubject(certificate.subject).some((root) => root.fingerprint256 === certificate.fingerprint256),
  };
}

/** Sets of roots; endpoints that trust a private CA usually share one. */
const REMEMBERED = 50;

/**
 * Creates the trust of PEM texts and remembers the latest: parsing a root and verifying its signature costs more than the
 * rest of a check.
 * @returns the trust of all roots in a PEM text
 */
export function createTrustCache(): (pem: string) => Trust {
  const latest = rememberLatest<Trust>(REMEMBERED);
  return (pem) => latest(pem, () => createTrust(splitPem(pem)));
}

export function isValidAt({ validFromDate, validToDate }: X509Certificate, now: Date): boolean {
  return validFromDate <= now && now <= validToDate;
}

/** The certificate, if it is its own issuer. @returns a list of one, or an empty one */
export function parseRoot(pem: string): readonly X509Certificate[] {
  try {
    const certificate = new X509Certificate(pem);
    return certificate.subject === certificate.issuer ? [certificate] : [];
  } catch {
    return [];
  }
}
