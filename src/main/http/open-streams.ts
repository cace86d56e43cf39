// Event streams stay open until somebody ends them. A server that stops would wait for them without end, so it cuts
// them off; their readers see a lost connection and come back with the id of their last event.
import type { ServerResponse } from 'node:http';

export interface OpenStreams {
  add(stream: ServerResponse): void;
  endAll(): void;
}

export function createOpenStreams(): OpenStreams {
  const open = new Set<ServerResponse>();
  return {
    add(stream) {
      open.add(stream);
      stream.once('close', () => open.delete(stream));
    },
    endAll() {
      for (const stream of open) stream.destroy();
    },
  };
}
