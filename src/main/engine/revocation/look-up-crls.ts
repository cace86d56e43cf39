// Looks one certificate up in the CRLs that it names.
import type { X509Certificate } from 'node:crypto';
import { distributionPoints, type Revoked } from '../pki/inspect/crl.ts';
import type { RawCertificate } from '../pki/inspect/leaf.ts';
import type { CrlTasks } from './background-tasks.ts';
import type { CrlFetcher } from './crl-fetcher.ts';

export interface CrlDeps {
  fetchCrl: CrlFetcher['fetch'];
  /** Parses a CRL; on another thread in the server (background-tasks.ts). */
  readonly lookUpCrl: (
    input: Parameters<CrlTasks['lookUpCrl']>[0],
    signal: AbortSignal,
  ) => Promise<Revoked | null>;
}

export interface CrlQuery {
  readonly certificate: RawCertificate;
  /** Null if the issuer is unknown; then nothing can be looked up. */
  readonly issuer: () => Pick<X509Certificate, 'raw'> | null;
  readonly now: Date;
}

const MAX_POINTS = 3;

/**
 * Null if no CRL lists the certificate, or it names no CRL.
 * @throws the last error if every CRL failed; the reason of `signal`
 */
export async function lookUpInCrls(
  { fetchCrl, lookUpCrl }: CrlDeps,
  { certificate, issuer: findIssuer, now }: CrlQuery,
  signal: AbortSignal,
): Promise<Revoked | null> {
  const points = distributionPoints(certificate).slice(0, MAX_POINTS);
  const issuer = points.length === 0 ? null : findIssuer();
  if (issuer === null) return null;
  let failure: unknown = null;
  for (const url of points) {
    try {
      const crl = await fetchCrl(url, signal);
      return await lookUpCrl({ crl, url, serial: certificate.serial, issuer: issuer.raw, now }, signal);
    } catch (error) {
      signal.throwIfAborted();
      failure = error;
    }
  }
  if (failure !== null) throw failure;
  return null;
}
