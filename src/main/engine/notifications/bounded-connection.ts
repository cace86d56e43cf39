// A connection that ends where its peer sends more than the whole conversation needs: the SMTP client works through
// whatever arrives at once, and a megabyte of empty lines would hold up the event loop.
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

export class BoundedConnection extends Duplex {
  readonly #socket: Socket;
  #received = 0;

  /** @param socket Connected. @param most Octets that the peer may send, TLS included. */
  constructor(socket: Socket, most: number) {
    super();
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received += chunk.length;
      if (this.#received > most) this.destroy(new Error(`the server sent more than ${most} bytes`));
      else if (!this.push(chunk)) socket.pause();
    });
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
    socket.on('timeout', () => this.emit('timeout'));
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, encoding, done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }

  /** As a socket's: its user takes it for one. */
  setTimeout(ms: number): this {
    this.#socket.setTimeout(ms);
    return this;
  }

  setKeepAlive(...args: Parameters<Socket['setKeepAlive']>): this {
    this.#socket.setKeepAlive(...args);
    return this;
  }
}
