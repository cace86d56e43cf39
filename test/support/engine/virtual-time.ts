// A Timing for tests: its time passes only while no tracked work runs, and then at once, so that the duration of real
// work does not matter.
import type { Timing } from '../../../src/main/engine/core/timing.ts';

export interface VirtualTiming extends Timing {
  /** How many timers are waiting. */
  readonly waiting: number;
  /** Time is frozen until `work` has settled. */
  track<T>(work: Promise<T>): Promise<T>;
}

/** Its time starts at 0 milliseconds. */
export function createVirtualTiming(): VirtualTiming {
  let time = 0;
  let busy = 0;
  const waiting = new Set<{ readonly until: number; wake(): void }>();

  // A turn of the event loop later, so that work that has just ended can start the next.
  const advance = () =>
    setImmediate(() => {
      const [next] = [...waiting].sort((a, b) => a.until - b.until);
      if (busy > 0 || next === undefined) return;
      time = Math.max(time, next.until);
      waiting.delete(next);
      next.wake();
      advance();
    });

  return {
    get waiting() {
      return waiting.size;
    },
    now: () => time,
    pause: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason);
        const aborted = () => {
          waiting.delete(entry);
          reject(signal?.reason);
        };
        const wake = () => {
          signal?.removeEventListener('abort', aborted);
          resolve();
        };
        const entry = { until: time + ms, wake };
        waiting.add(entry);
        signal?.addEventListener('abort', aborted, { once: true });
        advance();
      }),
    async track(work) {
      busy += 1;
      try {
        return await work;
      } finally {
        busy -= 1;
        advance();
      }
    },
  };
}
