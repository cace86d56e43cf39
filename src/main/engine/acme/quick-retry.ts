// The only retries inside the ACME client: two, soon, for requests that change nothing. All else is the job's matter.
import { CertdeskError } from '../core/errors.ts';
import { retryAfterOf } from '../core/retry-after.ts';
import { REAL_TIMING, type Timing } from '../core/timing.ts';
import { isBrokenConnection } from './network-error.ts';
import { LONGEST_WAIT_MS } from './retry-after-gate.ts';

const PAUSES_MS = [250, 1_000] as const;

/**
 * @param attempt One whole request, which must be signed anew each time (its nonce is spent), and idempotent.
 * Tried again after a 5xx, or a connection that broke off; a Retry-After of up to 10 s is obeyed, after a longer one
 * the error is thrown at once.
 */
export async function quickRetry<T>(
  attempt: () => Promise<T>,
  signal?: AbortSignal,
  pace: Timing = REAL_TIMING,
): Promise<T> {
  for (const pause of PAUSES_MS) {
    try {
      return await attempt();
    } catch (error) {
      const wait = waitBeforeRetry(error, pause);
      if (wait === null) throw error;
      await pace.pause(wait, signal);
    }
  }
  return attempt();
}

/** Milliseconds, or null where a second try is of no use. */
function waitBeforeRetry(error: unknown, pause: number): number | null {
  if (!(error instanceof CertdeskError) || error.code !== 'ACME_UNAVAILABLE') return null;
  if (isBrokenConnection(error.details)) return pause;
  if (typeof error.details !== 'object' || error.details === null || !('status' in error.details))
    return null;
  const asked = retryAfterOf(error);
  if (asked === null) return pause;
  return asked <= LONGEST_WAIT_MS ? asked : null;
}
