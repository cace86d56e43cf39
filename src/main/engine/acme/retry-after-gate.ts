// Applies a Retry-After (RFC 9110 section 10.2.3) to all requests for the same URL: they wait until it has passed, or fail
// at once with the CA's response if the wait is long.

import { parseRetryAfter } from '../core/retry-after.ts';
import { REAL_TIMING, type Timing } from '../core/timing.ts';
import { type AcmeResponse, answerError } from './problem.ts';

/** The longest wait within a request. For a longer one the job is deferred, possibly for days. */
export const LONGEST_WAIT_MS = 10_000;

export interface RetryAfterGate {
  /**
   * Waits until the URL may be requested.
   * @throws the CA's earlier refusal, with the remaining time as `retryAfter`, if that is over 10 s; the reason of `signal`
   */
  pass(url: string, signal?: AbortSignal): Promise<void>;
  /**
   * Remembers the Retry-After of a 5xx or 429 response.
   * @param signed Whether an account signed the request: a 429 for one account does not affect the others.
   */
  heed(response: AcmeResponse, signed: boolean): void;
}

interface Block {
  readonly until: number;
  readonly response: AcmeResponse;
}

/** Create one gate per transport, so that all its requests share it. */
export function createRetryAfterGate(timing: Timing = REAL_TIMING): RetryAfterGate {
  const blocks = new Map<string, Block>();
  const activeBlock = (url: string): { readonly left: number; readonly response: AcmeResponse } | null => {
    const block = blocks.get(url);
    if (block === undefined) return null;
    const left = block.until - timing.now();
    if (left > 0) return { left, response: block.response };
    blocks.delete(url);
    return null;
  };
  return {
    async pass(url, signal) {
      for (let blocked = activeBlock(url); blocked !== null; blocked = activeBlock(url)) {
        if (blocked.left > LONGEST_WAIT_MS) throw stillBlocked(blocked);
        await timing.pause(Math.ceil(blocked.left), signal);
      }
    },
    heed(response, signed) {
      if (response.status < 500 && (response.status !== 429 || signed)) return;
      const ms = parseRetryAfter(response.headers);
      if (ms === null || ms === 0) return;
      for (const url of blocks.keys()) activeBlock(url); // drops the expired ones
      blocks.set(response.url, { until: timing.now() + ms, response });
    },
  };
}

function stillBlocked({ left, response }: { readonly left: number; readonly response: AcmeResponse }): Error {
  const seconds = String(Math.ceil(left / 1000));
  return answerError({ ...response, headers: { ...response.headers, 'retry-after': seconds } });
}
