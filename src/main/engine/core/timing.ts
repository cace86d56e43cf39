// The timer that jobs wait with and measure durations by. Production uses real time; tests inject their own.
import { setTimeout as sleep } from 'node:timers/promises';

export interface Timing {
  /** Monotonic milliseconds, independent of changes to the system clock. */
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
      signal?.throwIfAborted(); // throws the signal's own reason instead of the AbortError of node:timers
    }
  },
};
