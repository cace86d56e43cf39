// Asks the CAs' revocation lists about the certificates that a server sent, intermediates included.
import type { X509Certificate } from 'node:crypto';
import { readRaw } from '../pki/inspect/leaf.ts';
import { type CrlDeps, lookUpInCrls } from '../revocation/look-up-crls.ts';
import type { FindingContext, Revocation, RevokedCertificate } from './findings.ts';
import { findTrustPath } from './trust-path.ts';

export type RevocationContext = Pick<FindingContext, 'now' | 'trust' | 'knownIssuers'>;

/**
 * Looks each certificate below the root up in its CRL. Only if the root is trusted: otherwise the server that presents the
 * certificate could name any address, and make Certdesk connect to it.
 * @returns what the lists say. A list that cannot be read is a failure, not an error.
 * @throws only the reason of `signal`
 */
export async function findRevoked(
  deps: CrlDeps,
  sent: readonly X509Certificate[],
  { now, trust, knownIssuers = [] }: RevocationContext,
  signal: AbortSignal,
): Promise<Revocation> {
  const found = findTrustPath([...sent, ...knownIssuers], trust, now);
  const path = found?.end === 'trusted' ? found.path : [];
  const revoked: RevokedCertificate[] = [];
  const failures: string[] = [];
  const look = async (certificate: X509Certificate, issuer: X509Certificate | null): Promise<void> => {
    const raw = readRaw(certificate.raw);
    if (raw === null) return;
    try {
      const entry = await lookUpInCrls(deps, { certificate: raw, issuer: () => issuer, now }, signal);
      if (entry !== null)
        revoked.push({ certificate, at: entry.at, reason: REASONS[entry.reason] ?? 'unspecified' });
    } catch (error) {
      signal.throwIfAborted();
      failures.push(error instanceof Error ? error.message : String(error));
    }
  };
  await Promise.all(path.map((each, at) => look(each, path[at + 1] ?? found?.root ?? null)));
  return { revoked, failures };
}

/** RFC 5280 section 5.3.1. */
const REASONS: Readonly<Record<number, string>> = {
  1: 'keyCompromise',
  2: 'cACompromise',
  3: 'affiliationChanged',
  4: 'superseded',
  5: 'cessationOfOperation',
  6: 'certificateHold',
  9: 'privilegeWithdrawn',
  10: 'aACompromise',
};
