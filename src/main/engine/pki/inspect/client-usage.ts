// Whether a certificate may be used as a client (RFC 5280 section 4.2.1.12).
import { X509Certificate } from 'node:crypto';

/** Client authentication and "any". Without the extension, every use is permitted. */
const CLIENT_USAGES = ['1.3.6.1.5.5.7.3.2', '2.5.29.37.0'];

export function permitsClientAuth({ keyUsage }: Pick<X509Certificate, 'keyUsage'>): boolean {
  const usages: readonly string[] = keyUsage ?? [];
  return usages.length === 0 || usages.some((usage) => CLIENT_USAGES.includes(usage));
}

/** @param chain PEM, leaf first. @returns true if the leaf cannot be read, because then nothing is known */
export function chainPermitsClientAuth(chain: string): boolean {
  try {
    return permitsClientAuth(new X509Certificate(chain));
  } catch {
    return true;
  }
}
