// Serves tls-alpn-01 challenges (RFC 8737): on a listener of its own, and on the port of HTTPS. A CA makes a TLS handshake
// with the protocol `acme-tls/1` and reads the certificate. Everyone else gets a TLS alert, and nothing is logged.
import { constants } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer } from 'node:tls';
import type { AlpnChallenges } from '../engine/challenges/tls-alpn-01.ts';
import { type ClientHello, MAX_CLIENT_HELLO_BYTES, readClientHello } from './client-hello.ts';
import { type Listening, listen } from './listen.ts';
import { peek } from './peek.ts';

/** RFC 8737 section 6.2. */
export const ACME_TLS = 'acme-tls/1';

/** Time for the first message, for the handshake, and for the peer to close the connection. */
const STEP_MS = 10_000;

/** RFC 8446 section 6 and RFC 7301 section 3.2. */
const ALERTS = { unrecognizedName: 112, noApplicationProtocol: 120 } as const;

export interface AlpnServer {
  /** Answers a connection by its ClientHello, whose bytes are still to be read from the socket. */
  handle(socket: Socket, hello: ClientHello): void;
  /** Ends all connections that it handles. */
  close(): void;
}

export function createAlpnServer({ answer }: Pick<AlpnChallenges, 'answer'>): AlpnServer {
  const open = new Set<Socket>();
  const server = createTlsServer({
    ALPNProtocols: [ACME_TLS],
    minVersion: 'TLSv1.2', // RFC 8737 section 3
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
    handshakeTimeout: STEP_MS,
    SNICallback(name, done) {
      const found = answer(name);
      if (found === null) done(new Error(`no challenge for ${name}`));
      else done(null, createSecureContext({ cert: found.cert, key: found.key, minVersion: 'TLSv1.2' }));
    },
  });
  server.on('tlsClientError', (_, socket) => socket.destroy());
  server.on('secureConnection', (socket) => {
    socket.on('error', () => undefined); // of the peer, which is gone
    socket.resume();
    socket.end(); // RFC 8737 section 3: no data follows the handshake
    socket.setTimeout(STEP_MS, () => socket.destroy());
  });
  return {
    handle(socket, { serverName, protocols }) {
      open.add(socket);
      socket.once('close', () => open.delete(socket));
      socket.on('error', () => undefined); // of the peer, which is gone
      if (!protocols.includes(ACME_TLS)) refuse(socket, ALERTS.noApplicationProtocol);
      else if (serverName === null || answer(serverName) === null) refuse(socket, ALERTS.unrecognizedName);
      else server.emit('connection', socket);
    },
    close() {
      for (const socket of open) socket.destroy();
    },
  };
}

/** Closes the connection, with a fatal alert for a TLS client. */
function refuse(socket: Socket, alert: number | null): void {
  socket.on('error', () => undefined);
  socket.end(Buffer.from(alert === null ? [] : [21, 3, 3, 0, 2, 2, alert]));
  socket.resume(); // with unread bytes, the system would reset the connection before the alert arrives
  socket.setTimeout(STEP_MS, () => socket.destroy());
}

export interface AlpnListener {
  readonly port: number;
  close(): Promise<void>;
}

/** Opens the listener that serves nothing but challenges. @throws LISTEN_FAILED with advice */
export async function openAlpnListener(at: Listening, alpn: AlpnServer): Promise<AlpnListener> {
  const sockets = new Set<Socket>();
  const server = createServer((connection) => {
    sockets.add(connection);
    connection.once('close', () => sockets.delete(connection));
    peek(connection, {
      waitMs: STEP_MS,
      decide: (bytes) => readClientHello(bytes) ?? (bytes.length > MAX_CLIENT_HELLO_BYTES ? 'invalid' : null),
      handle(socket, hello) {
        if (hello === 'invalid') refuse(socket, null);
        else alpn.handle(socket, hello);
      },
    });
  });
  const port = await listen(server, at);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
