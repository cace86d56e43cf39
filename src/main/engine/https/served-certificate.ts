// A certificate with its key, in the form that a TLS server and the checks of HTTPS need.
import { createSecureContext } from 'node:tls';
import type { HttpsState } from '../../../shared/https.ts';
import { toIpAddress } from '../../../shared/ip-address.ts';
import { type Timestamp, toTimestamp } from '../../../shared/time.ts';
import { trustedRoots } from '../outgoing/trusted-roots.ts';
import { parseChain } from '../pki/inspect/chain.ts';
import { leadsToRoot } from './trust.ts';

export interface ServedCertificate {
  readonly kind: HttpsState['certificate'];
  /** The version in the database; null for the self-signed certificate. */
  readonly versionId: string | null;
  /** PEM, leaf first. */
  readonly cert: string;
  /** PKCS#8 PEM. */
  readonly key: string;
  readonly names: readonly string[];
  /** SHA-256 with colons, as browsers and `openssl x509 -fingerprint` show it. */
  readonly fingerprint: string;
  readonly expiresAt: Timestamp;
  /** Whether the chain leads to a root that this machine trusts. */
  readonly trusted: boolean;
  /** Whether the certificate is valid for a host name or an IP address, without port. */
  covers(host: string): boolean;
}

/** @throws if the key does not belong to the certificate, or OpenSSL cannot use them */
export function toServedCertificate(
  { cert, key }: Pick<ServedCertificate, 'cert' | 'key'>,
  { kind, versionId }: Pick<ServedCertificate, 'kind' | 'versionId'>,
): ServedCertificate {
  createSecureContext({ cert, key });
  const [leaf, ...others] = parseChain(cert).map(({ x509, ...rest }) => ({ x509, ...rest }));
  if (leaf === undefined) throw new Error('The text contains no certificate');
  const { x509, sanNames, notAfter } = leaf;
  return {
    kind,
    versionId,
    cert,
    key,
    names: sanNames,
    fingerprint: x509.fingerprint256,
    expiresAt: toTimestamp(notAfter),
    trusted: leadsToRoot([x509, ...others.map((other) => other.x509)], trustedRoots()),
    covers: (host) => {
      const address = toIpAddress(host);
      if (address !== null) return x509.checkIP(address) !== undefined;
      return x509.checkHost(host, { subject: 'never' }) !== undefined;
    },
  };
}
