// Decides on Strict-Transport-Security (RFC 6797). A browser that has seen the header opens the host by HTTPS only, on all
// ports, and shows certificate errors without a way past them. So Certdesk sends it only if the certificate is trusted.
import type { HttpsService } from '../engine/https/https.ts';
import { hostNameOf } from './own-names.ts';

/** 180 days, in seconds. */
const MAX_AGE = 15_552_000;

/**
 * @param host The header Host. Browsers ignore the policy for IP addresses (section 8.1.1).
 * @returns the value of the header; null to send none
 */
export function strictTransportSecurity(
  https: Pick<HttpsService, 'current'>,
  host: string | undefined,
): string | null {
  const certificate = https.current();
  if (certificate === null || certificate.kind === 'self-signed' || !certificate.trusted) return null;
  return certificate.covers(hostNameOf(host)) ? `max-age=${MAX_AGE}` : null;
}
