// Limits how much a peer may send on a connection. The SMTP client processes everything it receives at once, and a
// megabyte of empty lines would block the event loop.
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** Wraps a socket and destroys it if the peer sends too much. */
export class BoundedConnection extends Duplex {
  readonly #socket: Socket;
  #received = 0;

  /**
   * @param socket A connected socket.
   * @param maxBytes Bytes that the peer may send, TLS overhead included.
   */
  constructor(socket: Socket, maxBytes: number) {
    super();
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received += chunk.length;
      if (this.#received > maxBytes) this.destroy(new Error(`the server sent more than ${maxBytes} bytes`));
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

  /** nodemailer calls this like a socket's method. */
  setTimeout(ms: number): this {
    this.#socket.setTimeout(ms);
    return this;
  }

  setKeepAlive(...args: Parameters<Socket['setKeepAlive']>): this {
    this.#socket.setKeepAlive(...args);
    return this;
  }
}
