// The host names and IP addresses of a certificate, and whether it covers one (RFC 9525: only the SAN counts).
import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { coversName } from '../../../shared/names.ts';

/** Whether a client accepts the certificate for this name. @param name A-labels, `*.example.com`, or an IP address. */
export function hasName(certificate: X509Certificate, name: string): boolean {
  if (isIP(name) !== 0) return certificate.checkIP(name) !== undefined;
  return namesOf(certificate).some((own) => coversName(own, name));
}

/** DNS names in lower case and IP addresses, in the order of the SAN. */
export function namesOf({ subjectAltName }: X509Certificate): readonly string[] {
  return [...(subjectAltName ?? '').matchAll(ENTRIES)]
    .map(([, entry = '']) => entry)
    .filter((entry) => entry.startsWith('DNS:') || entry.startsWith('IP Address:'))
    .map((entry) => shortenIpv6(entry.slice(entry.indexOf(':') + 1).toLowerCase()));
}

/** `0:0:0:0:0:0:0:1` -> `::1` (RFC 5952), as users write it. OpenSSL prints every group. */
function shortenIpv6(name: string): string {
  return isIP(name) === 6 ? (URL.parse(`http://[${name}]`)?.hostname.slice(1, -1) ?? name) : name;
}

/**
 * The entries one after another. Node quotes a value with a comma or a control character as JSON, so that it cannot
 * forge another entry.
 */
const ENTRIES = /([A-Za-z0-9 ]+:(?:"(?:[^"\\]|\\.)*"|[^,]*))(?:, |$)/gy;
