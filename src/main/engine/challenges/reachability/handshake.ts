// Makes a TLS handshake as a CA does for tls-alpn-01 (RFC 8737 section 3), and describes what answered.
import { connect } from 'node:tls';
import type { AddressFinding, AddressReport } from '../../../../shared/reachability.ts';
import { classify } from './fetch.ts';
import { type Place, PRIVATE } from './message-text.ts';

/** `no_challenge`: a TLS server that knows no such challenge. `reason` is Node's error code. */
export type Handshake =
  | { readonly kind: 'certificate'; readonly der: Uint8Array }
  | { readonly kind: 'not_asked' }
  | {
      readonly kind: 'no_challenge' | 'refused' | 'timeout' | 'unreachable' | 'broken';
      readonly reason: string;
    };

export interface HandshakeTarget {
  readonly address: string;
  readonly port: number;
  /** SNI. */
  readonly serverName: string;
  readonly timeoutMs: number;
}

/** The protocol of the challenge (RFC 8737 section 6.2). */
const ACME_TLS = 'acme-tls/1';

/**
 * Connects to the address. Failures are results, not errors.
 * @throws the signal's reason
 */
export function shakeHands(
  { address, port, serverName, timeoutMs }: HandshakeTarget,
  signal: AbortSignal,
): Promise<Handshake> {
  return new Promise((resolve, reject) => {
    const end = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    // The certificate of a challenge is self-signed; the caller compares it.
    const socket = connect({
      host: address,
      port,
      servername: serverName,
      ALPNProtocols: [ACME_TLS],
      rejectUnauthorized: false,
    });
    const settle = (result: Handshake): void => {
      end.removeEventListener('abort', abort);
      socket.destroy();
      resolve(result);
    };
    const abort = (): void => {
      if (!signal.aborted) settle({ kind: 'timeout', reason: 'ETIMEDOUT' });
      else {
        socket.destroy();
        reject(signal.reason);
      }
    };
    end.addEventListener('abort', abort, { once: true });
    if (end.aborted) abort();
    socket.on('error', ({ code = '', message }: NodeJS.ErrnoException) =>
      settle(isAlert(code) ? { kind: 'no_challenge', reason: code } : classify(code || message)),
    );
    socket.once('close', () => settle({ kind: 'broken', reason: 'ECONNRESET' }));
    socket.once('secureConnect', () => {
      const der: Uint8Array | undefined = socket.getPeerCertificate().raw; // undefined for an empty result
      if (socket.alpnProtocol !== ACME_TLS || der === undefined)
        settle({ kind: 'no_challenge', reason: 'ALPN' });
      else settle({ kind: 'certificate', der });
    });
  });
}

/** Whether a TLS server refused the handshake. ERR_SSL_WRONG_VERSION_NUMBER is an answer that is no TLS. */
export const isAlert = (code: string): boolean =>
  /^ERR_SSL_/.test(code) && code !== 'ERR_SSL_WRONG_VERSION_NUMBER';

/** @param isServed Whether a certificate is the one that Certdesk serves at this moment. */
export function describeHandshake(
  place: Place,
  handshake: Handshake,
  isServed: (der: Uint8Array) => boolean,
): AddressReport {
  const finding = findingOf(place, handshake, isServed);
  const reason = 'reason' in handshake ? handshake.reason : '';
  const sentences = [describeFinding(place.address, finding, reason), ...(place.isPublic ? [] : [PRIVATE])];
  return { ...place, finding, status: null, server: null, redirects: [], message: sentences.join(' ') };
}

function findingOf(
  { isPublic, isOwn }: Place,
  handshake: Handshake,
  isServed: (der: Uint8Array) => boolean,
): AddressFinding {
  const { kind } = handshake;
  if (kind === 'certificate' && isServed(handshake.der)) return isPublic ? 'well' : 'private';
  if (kind === 'certificate' || kind === 'no_challenge') return isOwn ? 'other_server' : 'elsewhere';
  return kind;
}

function describeFinding(address: string, finding: AddressFinding, reason: string): string {
  switch (finding) {
    case 'well':
    case 'private':
      return `${address} reaches this Certdesk.`;
    case 'not_asked':
      return `${address} was not tested: Certdesk connects to a private address only if it was started with --allow-private for its network.`;
    case 'elsewhere':
      return `Another TLS server answers at ${address}. Point the name to this server, forward port 443 without ending TLS, or use DNS-01 (host names only).`;
    case 'other_server':
      return `Another TLS server uses port 443 of ${address}, this server. Stop it, let it pass ${ACME_TLS} connections on to Certdesk, or use DNS-01 (host names only).`;
    case 'refused':
      return `Port 443 of ${address} is closed. Start Certdesk with --alpn-port 443, or forward the port to it.`;
    case 'timeout':
      return `Port 443 of ${address} timed out. A firewall or router is blocking it: open port 443.`;
    case 'unreachable':
      return `No route to ${address} (${reason}). Check the DNS record and this server’s network.`;
    default:
      return `${address} accepts connections but does not speak TLS (${reason}). Check what listens on port 443.`;
  }
}
