// A Timing for tests with a real CA or service: its clock runs ahead, so that long waits of Certdesk take little real time.
import { setTimeout as sleep } from 'node:timers/promises';
import { REAL_TIMING, type Timing } from '../../../src/main/engine/core/timing.ts';
import type { EnginePorts } from '../../../src/main/engine/engine.ts';

/** @param longestMs How long a wait takes at most, in real time: the peer needs some, however far the clock runs ahead. */
export function createQuickTiming(longestMs: number): Timing {
  let ahead = 0;
  return {
    now: () => REAL_TIMING.now() + ahead,
    async pause(ms, signal) {
      const real = Math.min(ms, longestMs);
      await sleep(real, undefined, signal === undefined ? {} : { signal }).catch(() =>
        signal?.throwIfAborted(),
      );
      ahead += ms - real;
    },
  };
}

/** For `around` of the platform. */
export const withQuickTiming = (ports: EnginePorts): EnginePorts => ({
  ...ports,
  timing: createQuickTiming(50),
});
