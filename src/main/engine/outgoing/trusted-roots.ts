// The root certificates that every TLS client of Certdesk trusts: those bundled with Node (and NODE_EXTRA_CA_CERTS) and
// those of the operating system, so that a company's own CA is installed once, where its machines expect it.
import { getCACertificates } from 'node:tls';

/** PEM certificates without duplicates. Node caches both lists; reading the system's store takes some 50 ms once. */
export function trustedRoots(): string[] {
  return [...new Set([...getCACertificates('default'), ...systemRoots()])];
}

/** A store that cannot be read (a broken bundle file) leaves the bundled roots. */
function systemRoots(): readonly string[] {
  try {
    return getCACertificates('system');
  } catch {
    return [];
  }
}
