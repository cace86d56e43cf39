// Retries idempotent requests twice within the ACME client. All other retries are up to the job.
import { CertdeskError } from '../core/errors.ts';
import { retryAfterOf } from '../core/retry-after.ts';
import { REAL_TIMING, type Timing } from '../core/timing.ts';
import { isBrokenConnection } from './network-error.ts';
import { LONGEST_WAIT_MS } from './retry-after-gate.ts';

const PAUSES_MS = [250, 1_000] as const;

/**
 * Repeats a request after a 5xx response or a broken connection. It waits for a Retry-After of up to 10 s, and throws the
 * error at once if the CA asks for a longer wait.
 * @param attempt One whole idempotent request. It must sign again on each call, because a nonce is valid only once.
 */
export async function quickRetry<T>(
  attempt: () => Promise<T>,
  signal?: AbortSignal,
  timing: Timing = REAL_TIMING,
): Promise<T> {
  for (const pause of PAUSES_MS) {
    try {
      return await attempt();
    } catch (error) {
      const wait = waitBeforeRetry(error, pause);
      if (wait === null) throw error;
      await timing.pause(wait, signal);
    }
  }
  return attempt();
}

/** Milliseconds; null if a retry does not help. */
function waitBeforeRetry(error: unknown, pause: number): number | null {
  if (!(error instanceof CertdeskError) || error.code !== 'ACME_UNAVAILABLE') return null;
  if (isBrokenConnection(error.details)) return pause;
  if (typeof error.details !== 'object' || error.details === null || !('status' in error.details))
    return null;
  const asked = retryAfterOf(error);
  if (asked === null) return pause;
  return asked <= LONGEST_WAIT_MS ? asked : null;
}
