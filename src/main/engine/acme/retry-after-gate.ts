// "Come back later" (Retry-After, RFC 9110 section 10.2.3) is said to one request and meant for all of them: who else
// wants the same address meanwhile waits as long, or is told at once what the CA said.

import { parseRetryAfter } from '../core/retry-after.ts';
import { REAL_TIMING, type Timing } from '../core/timing.ts';
import { type AcmeResponse, answerError } from './problem.ts';

/** The most that a request waits by itself; after a longer one the job is put off, which it can be for days. */
export const LONGEST_WAIT_MS = 10_000;

export interface Holds {
  /**
   * Resolves as soon as the address may be asked. Rejects with the CA's own refusal, of which `retryAfter` is what is
   * left of it, where that is over 10 s, and with the signal's reason.
   */
  pass(url: string, signal?: AbortSignal): Promise<void>;
  /** @param signed Whether the request was an account's: what limits one account (429) does not hold up another. */
  heed(response: AcmeResponse, signed: boolean): void;
}

interface Hold {
  readonly until: number;
  readonly response: AcmeResponse;
}

export function createHolds(pace: Timing = REAL_TIMING): Holds {
  const holds = new Map<string, Hold>();
  const of = (url: string): { readonly left: number; readonly response: AcmeResponse } | null => {
    const hold = holds.get(url);
    if (hold === undefined) return null;
    const left = hold.until - pace.now();
    if (left > 0) return { left, response: hold.response };
    holds.delete(url);
    return null;
  };
  return {
    async pass(url, signal) {
      for (let held = of(url); held !== null; held = of(url)) {
        if (held.left > LONGEST_WAIT_MS) throw stillHeld(held);
        await pace.pause(Math.ceil(held.left), signal);
      }
    },
    heed(response, signed) {
      if (response.status < 500 && (response.status !== 429 || signed)) return;
      const ms = parseRetryAfter(response.headers);
      if (ms === null || ms === 0) return;
      for (const url of holds.keys()) of(url); // those that are over are forgotten
      holds.set(response.url, { until: pace.now() + ms, response });
    },
  };
}

function stillHeld({ left, response }: { readonly left: number; readonly response: AcmeResponse }): Error {
  const seconds = String(Math.ceil(left / 1000));
  return answerError({ ...response, headers: { ...response.headers, 'retry-after': seconds } });
}
