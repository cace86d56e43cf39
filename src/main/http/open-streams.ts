// Tracks open event streams. A stopping server would wait for them forever, so it ends them; their clients then
// reconnect with the ID of the last event.
import type { ServerResponse } from 'node:http';

export interface OpenStreams {
  /** @param isAllowed Whether the client is still authenticated: its token may be revoked or its session may end. */
  add(stream: ServerResponse, isAllowed: () => Promise<boolean>): void;
  /** Ends the streams of clients that are no longer allowed. */
  recheck(): Promise<void>;
  endAll(): void;
}

/** How long a stop waits for a client that no longer reads, in milliseconds. */
const LAST_BYTES_MS = 1_000;

export function createOpenStreams(): OpenStreams {
  const open = new Map<ServerResponse, () => Promise<boolean>>();
  return {
    add(stream, isAllowed) {
      open.set(stream, isAllowed);
      stream.once('close', () => open.delete(stream));
    },
    async recheck() {
      for (const [stream, isAllowed] of open) if (!(await isAllowed())) end(stream);
    },
    endAll() {
      for (const stream of open.keys()) end(stream);
    },
  };
}

/**
 * Ends a stream with its last chunk (RFC 9112 section 7.1), because a browser logs an error for a body without one.
 * Then closes the connection, which carries nothing but this stream, except with HTTP/2.
 */
function end(stream: ServerResponse): void {
  if (stream.writableEnded) return;
  if (!stream.headersSent) {
    stream.destroy();
    return;
  }
  const { socket } = stream;
  const isShared = stream.req.httpVersionMajor === 2;
  // With HTTP/2, a write after the end resets the stream.
  if (isShared) stream.write = () => false;
  // The writer stops on 'close'. Anything that it writes before then is lost, which is no failure.
  stream.on('error', () => undefined);
  const timer = setTimeout(() => stream.destroy(), LAST_BYTES_MS);
  stream.end(() => {
    clearTimeout(timer);
    if (!isShared) socket?.destroySoon();
  });
}
