// Event streams stay open until somebody ends them. A server that stops would wait for them without end, so it ends
// them; their readers see an end without a last word and come back with the id of their last event.
import type { ServerResponse } from 'node:http';

export interface OpenStreams {
  /** @param isAllowed Whether its reader may still have it: the token may be revoked and the session ended meanwhile. */
  add(stream: ServerResponse, isAllowed: () => Promise<boolean>): void;
  /** Ends those whose readers may no longer have them. */
  recheck(): Promise<void>;
  endAll(): void;
}

/** A reader that takes nothing any more does not hold up a stop for longer. In milliseconds. */
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
 * Ends a stream with its last chunk (RFC 9112, section 7.1): a browser calls a body without one broken, and says so in
 * its console. Then its connection, which has been told of nothing but this stream.
 */
function end(stream: ServerResponse): void {
  if (stream.writableEnded) return;
  if (!stream.headersSent) {
    stream.destroy();
    return;
  }
  const { socket } = stream;
  // Its writer hears of the end with 'close'. What it still writes before that is lost, and is no failure.
  stream.on('error', () => undefined);
  const timer = setTimeout(() => stream.destroy(), LAST_BYTES_MS);
  stream.end(() => {
    clearTimeout(timer);
    socket?.destroySoon();
  });
}
