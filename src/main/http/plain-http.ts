// Answers plain HTTP on the port of HTTPS with a sentence. Node would only break the connection.
import type { Socket } from 'node:net';
import type { Server } from 'node:tls';
import { CertdeskError } from '../engine/core/errors.ts';
import { rawAnswer } from './failures.ts';

/** RFC 9112 section 3.1: a request begins with its method. A TLS record begins with its type, which is below 0x20. */
const METHOD_LETTER = /^[A-Z]/;

/**
 * Reads the first bytes of each connection, and passes it on to TLS with them unless they are plain HTTP.
 * @param waitMs How long a connection may send nothing.
 */
export function answerPlainHttp(server: Server, waitMs: number): void {
  const startTls = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const timer = setTimeout(() => socket.destroy(), waitMs);
    const ignore = (): void => undefined; // of the peer, which is gone
    socket.on('error', ignore);
    socket.once('close', () => clearTimeout(timer));
    socket.once('readable', () => {
      const first: Buffer | null = socket.read();
      if (first === null) {
        socket.destroy(); // closed by the peer
        return;
      }
      if (METHOD_LETTER.test(first.toString('latin1', 0, 1))) {
        socket.end(rawAnswer(REFUSAL));
        socket.resume(); // with unread bytes, the system would reset the connection before the answer arrives
        return;
      }
      clearTimeout(timer); // TLS has a limit of its own
      socket.off('error', ignore);
      socket.unshift(first);
      for (const start of startTls) start.call(server, socket);
    });
  });
}

const REFUSAL = new CertdeskError(
  'INVALID_REQUEST',
  'This port serves HTTPS, but the request came by plain HTTP. Begin the address with https://',
);
