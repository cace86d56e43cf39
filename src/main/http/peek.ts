// Reads the first bytes of a connection to decide who handles it, and puts them back for that handler.
import type { Socket } from 'node:net';

interface PeekOptions<T> {
  /** Decides by the bytes so far; null waits for more. */
  decide(bytes: Buffer): T | null;
  /** Called with the decision, after the bytes are readable again. Not called if the connection ends before. */
  handle(socket: Socket, decision: T): void;
  /** How long the connection may take to send enough bytes, in milliseconds. */
  readonly waitMs: number;
}

/** A connection that ends, fails or takes too long before a decision is destroyed. */
export function peek<T>(socket: Socket, { decide, handle, waitMs }: PeekOptions<T>): void {
  let bytes = Buffer.alloc(0);
  const destroy = (): void => void socket.destroy();
  const timer = setTimeout(destroy, waitMs);
  const ignore = (): void => undefined; // of the peer, which is gone
  const forget = (): void => clearTimeout(timer);
  socket.on('error', ignore);
  socket.once('close', forget);
  socket.once('end', destroy);
  const read = (): void => {
    const part: Buffer | null = socket.read();
    if (part === null) return;
    bytes = Buffer.concat([bytes, part]);
    const decision = decide(bytes);
    if (decision === null) return;
    clearTimeout(timer);
    socket.off('readable', read).off('close', forget).off('end', destroy).off('error', ignore);
    socket.unshift(bytes);
    handle(socket, decision);
  };
  socket.on('readable', read);
}
