// Attempts an issuance again when the network has lost a request. An attempt resumes where the one before has stopped.
import { isGivenUp } from '../acme/failure-streak.ts';
import { isDeadline } from '../acme/poll.ts';
import { type CertdeskError, toCertdeskError } from '../core/errors.ts';
import { retryAfterOf } from '../core/retry-after.ts';
import type { Timing } from '../core/timing.ts';
import type { Places } from '../jobs/places.ts';
import type { OrderState } from './order-state.ts';

/**
 * Waits after the CA was unavailable, in ms; after a time-out the last one each time, until the deadline. If nobody waits
 * and no order exists at the CA, there is one retry: renewal/retry-policy.ts schedules the next attempt.
 */
const AGAIN_MS = [300, 1_500] as const;

/** If a CA asks for a longer pause (Retry-After), the job fails, and its next attempt obeys it. */
const LONGEST_ASKED_MS = 60_000;

export interface RetryTask {
  readonly orderState: Pick<OrderState, 'order' | 'reportStep'>;
  readonly signal: AbortSignal;
  readonly deadline: number;
  readonly interactive: boolean;
  readonly pace: Timing;
  readonly places: Pick<Places, 'wait'>;
}

/** @throws the failure of the last attempt; the reason of `signal` */
export async function retryIssuance<T>(
  task: RetryTask,
  attempt: (isRepeated: boolean) => Promise<T>,
): Promise<T> {
  const { orderState, signal, pace, places } = task;
  for (let tries = 0; ; tries += 1) {
    try {
      return await attempt(tries > 0);
    } catch (cause) {
      signal.throwIfAborted();
      const error = toCertdeskError(cause);
      const waitMs = waitBeforeRetry(error, tries, task);
      if (waitMs === null) throw error;
      orderState.reportStep('retry', `${error.message} Retrying.`, { code: error.code });
      await places.wait(() => pace.pause(waitMs, signal));
    }
  }
}

/** Null: not worth another attempt. */
function waitBeforeRetry(
  error: CertdeskError,
  tries: number,
  { orderState, interactive, deadline, pace }: RetryTask,
): number | null {
  const isUnavailable = error.code === 'ACME_UNAVAILABLE';
  if (!isUnavailable && (error.code !== 'ACME_TIMEOUT' || isDeadline(error))) return null;
  if (isGivenUp(error)) return null;
  if (!interactive && orderState.order.url === null && tries > 0) return null;
  const own = isUnavailable ? AGAIN_MS[tries] : AGAIN_MS[1];
  const askedMs = retryAfterOf(error) ?? 0;
  if (own === undefined || askedMs > LONGEST_ASKED_MS) return null;
  const waitMs = Math.max(own, askedMs);
  return pace.now() + waitMs > deadline ? null : waitMs;
}
