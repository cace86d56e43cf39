// Passes a connection on to TLS and records what the server sends on it.
import { Duplex } from 'node:stream';

export interface Tap {
  /** Give it to tls.connect instead of the connection. */
  readonly stream: Duplex;
  /** What the server has sent since the tap was created; at most MAX_BYTES. */
  received(): Buffer;
}

/** OpenSSL accepts at most 100 KiB of certificates. */
const MAX_BYTES = 256 * 1024;

/** @param connection Connected and paused. The stream closes it, and ends with it. */
export function createTap(connection: Duplex): Tap {
  const chunks: Buffer[] = [];
  let total = 0;
  const stream = new Duplex({
    allowHalfOpen: false,
    read: () => void connection.resume(),
    write: (chunk, encoding, done) => void connection.write(chunk, encoding, done),
    final: (done) => void connection.end(done),
    destroy(error, done) {
      connection.destroy();
      done(error);
    },
  });
  connection
    .on('data', (chunk: Buffer) => {
      if (total < MAX_BYTES) chunks.push(chunk);
      total += chunk.length;
      if (!stream.push(chunk)) connection.pause();
    })
    .on('end', () => stream.push(null))
    .on('error', (error) => stream.destroy(error))
    .on('close', () => stream.destroy());
  return { stream, received: () => Buffer.concat(chunks) };
}
