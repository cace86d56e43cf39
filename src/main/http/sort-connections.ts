// Passes each connection on the port of HTTPS to its handler: TLS, a tls-alpn-01 challenge, or plain HTTP, which gets a
// sentence where Node would only break the connection.
import type { Socket } from 'node:net';
import type { Server } from 'node:tls';
import { CertdeskError } from '../engine/core/errors.ts';
import { ACME_TLS, type AlpnServer } from './alpn-challenge.ts';
import { type ClientHello, MAX_CLIENT_HELLO_BYTES, readClientHello } from './client-hello.ts';
import { rawAnswer } from './failures.ts';
import { peek } from './peek.ts';

/** RFC 9112 section 3.1: a request begins with its method. A TLS record begins with its type, which is below 0x20. */
const METHOD_LETTER = /^[A-Z]/;

/**
 * Reads the first bytes of each connection, and passes it on with them.
 * @param waitMs How long a connection may send nothing.
 * @param alpn Serves challenges of tls-alpn-01 on this port, too (RFC 8737); undefined: nobody does.
 */
export function sortConnections(server: Server, waitMs: number, alpn?: AlpnServer): void {
  const startTls = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (connection: Socket) => {
    peek(connection, {
      waitMs,
      decide: (bytes) => kindOf(bytes, alpn !== undefined),
      handle(socket, kind) {
        if (kind === 'http') refusePlainHttp(socket);
        // TLS has a time limit of its own.
        else if (kind === 'tls') for (const start of startTls) start.call(server, socket);
        else alpn?.handle(socket, kind);
      },
    });
  });
}

/** Returns the ClientHello of a challenge; null if more bytes are needed. */
function kindOf(bytes: Buffer, readsHello: boolean): 'http' | 'tls' | ClientHello | null {
  if (METHOD_LETTER.test(bytes.toString('latin1', 0, 1))) return 'http';
  if (!readsHello) return 'tls';
  const hello = readClientHello(bytes);
  if (hello === null) return bytes.length > MAX_CLIENT_HELLO_BYTES ? 'tls' : null;
  return hello !== 'invalid' && hello.protocols.includes(ACME_TLS) ? hello : 'tls';
}

function refusePlainHttp(socket: Socket): void {
  socket.on('error', () => undefined); // of the peer, which is gone
  socket.end(rawAnswer(REFUSAL));
  socket.resume(); // with unread bytes, the system would reset the connection before the answer arrives
  socket.setTimeout(CLOSE_MS, () => socket.destroy());
}

/** How long the peer may take to close its side. */
const CLOSE_MS = 10_000;

const REFUSAL = new CertdeskError(
  'INVALID_REQUEST',
  'This port serves HTTPS, but the request came by plain HTTP. Begin the address with https://',
);
