// How jobs wait, and by which time they measure how long they take: real time, but where a test drives it.
import { setTimeout as sleep } from 'node:timers/promises';

export interface Timing {
  /** Milliseconds that only grow, however the clock on the wall is set. */
  now(): number;
  /** @throws the reason of `signal` */
  pause(ms: number, signal?: AbortSignal): Promise<void>;
}

export const REAL_TIMING: Timing = {
  now: () => performance.timeOrigin + performance.now(),
  async pause(ms, signal) {
    try {
      await sleep(ms, undefined, signal === undefined ? {} : { signal });
    } catch {
      signal?.throwIfAborted(); // its own reason, not the AbortError that timers make of it
    }
  },
};
