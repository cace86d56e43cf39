// Reads the certificates that a TLS server sent, exactly and in its order.
import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

/** OpenSSL accepts at most 100 KiB of certificates, so a chain never has so many. */
const MAX_SENT = 500;

/**
 * Follows `getPeerX509Certificate()` through `issuerCertificate`, which on Node 24 is the list of the Certificate
 * message. (`getPeerCertificate(true)` reorders the list, drops duplicates and adds certificates of `ca`.) Node does not
 * document this: test/engine/endpoints/sent-chain.spec.ts compares it with the bytes on the wire. Neighbours in the
 * list need not have issued each other. A resumed session has no list, so never pass `session` to tls.connect.
 * @returns DER, the server's own certificate first; empty before the server sent its certificates
 */
export function readSentChain(socket: TLSSocket): readonly Uint8Array[] {
  const chain: Uint8Array[] = [];
  let next: X509Certificate | undefined = socket.getPeerX509Certificate();
  while (next !== undefined && chain.length < MAX_SENT) {
    chain.push(next.raw);
    next = next.issuerCertificate;
  }
  return chain;
}
