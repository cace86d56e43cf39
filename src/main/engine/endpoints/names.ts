// The host names and IP addresses of a certificate, and whether it covers one (RFC 9525: only the SAN counts).
import type { X509Certificate } from 'node:crypto';
import { isIpAddress, toIpAddress } from '../../../shared/ip-address.ts';
import { coversName } from '../../../shared/names.ts';

/**
 * Whether a client accepts the certificate for this name. OpenSSL and Firefox ignore a wildcard right below a top-level
 * domain, such as `*.lan`.
 * @param name A-labels, `*.example.com`, or an IP address
 */
export function hasName(certificate: X509Certificate, name: string): boolean {
  if (isIpAddress(name)) return certificate.checkIP(name) !== undefined;
  return namesOf(certificate).some(
    (own) => own === name || (!/^\*\.[^.]*$/.test(own) && coversName(own, name)),
  );
}

/** The server name of an endpoint that names none: SNI carries no IP addresses. */
export function defaultServerName(host: string): string | null {
  return isIpAddress(host) ? null : host;
}

/**
 * DNS names in lower case and IP addresses in canonical form, in the order of the SAN. A DNS name that looks like an IP
 * address has the prefix `dns:`: clients compare addresses only with iPAddress entries.
 */
export function namesOf({ subjectAltName }: X509Certificate): readonly string[] {
  return [...(subjectAltName ?? '').matchAll(ENTRIES)].flatMap(([, entry = '']) => {
    const value = entry.slice(entry.indexOf(':') + 1).toLowerCase();
    if (entry.startsWith('IP Address:')) return [toIpAddress(value) ?? value];
    if (!entry.startsWith('DNS:')) return [];
    return [isIpAddress(value) ? `dns:${value}` : value];
  });
}

/**
 * The entries one after another. Node quotes a value with a comma or a control character as JSON, so that it cannot
 * forge another entry.
 */
const ENTRIES = /([A-Za-z0-9 ]+:(?:"(?:[^"\\]|\\.)*"|[^,]*))(?:, |$)/gy;
