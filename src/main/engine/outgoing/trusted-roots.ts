// Lists the root certificates that every TLS client in Certdesk trusts: Node's bundled roots (and NODE_EXTRA_CA_CERTS)
// and the operating system's, so that an organization installs its private CA only once, in the operating system.
import { getCACertificates } from 'node:tls';

/** PEM certificates without duplicates. Node caches both lists; the first read of the system store takes about 50 ms. */
export function trustedRoots(): string[] {
  return [...new Set([...getCACertificates('default'), ...systemRoots()])];
}

/** If the system store cannot be read (for example a damaged bundle file), the bundled roots remain. */
function systemRoots(): readonly string[] {
  try {
    return getCACertificates('system');
  } catch {
    return [];
  }
}
