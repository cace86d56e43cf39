// Event streams stay open until somebody ends them. A server that stops would wait for them without end, so it cuts
// them off; their readers see a lost connection and come back with the id of their last event.
import type { ServerResponse } from 'node:http';

export interface OpenStreams {
  /** @param isAllowed Whether its reader may still have it: the token may be revoked and the session ended meanwhile. */
  add(stream: ServerResponse, isAllowed: () => Promise<boolean>): void;
  /** Ends those whose readers may no longer have them. */
  recheck(): Promise<void>;
  endAll(): void;
}

export function createOpenStreams(): OpenStreams {
  const open = new Map<ServerResponse, () => Promise<boolean>>();
  return {
    add(stream, isAllowed) {
      open.set(stream, isAllowed);
      stream.once('close', () => open.delete(stream));
    },
    async recheck() {
      for (const [stream, isAllowed] of open) if (!(await isAllowed())) stream.destroy();
    },
    endAll() {
      for (const stream of open.keys()) stream.destroy();
    },
  };
}
