// Retries an issuance after lost requests. Each attempt resumes where the previous one stopped.
import { isGivenUp } from '../acme/failure-streak.ts';
import { isDeadline } from '../acme/poll.ts';
import { type CertdeskError, toCertdeskError } from '../core/errors.ts';
import { retryAfterOf } from '../core/retry-after.ts';
import type { Timing } from '../core/timing.ts';
import type { Places } from '../jobs/places.ts';
import type { OrderState } from './order-state.ts';

/**
 * Waits in milliseconds after the CA was unavailable. After a timeout the last one applies each time, until the
 * deadline. If no user waits and no order exists at the CA, there is one retry; renewal/retry-policy.ts then
 * schedules the next attempt.
 */
const RETRY_WAITS_MS = [300, 1_500] as const;

/** If a CA requests a longer wait (Retry-After), the job fails and its next attempt respects it. */
const MAX_RETRY_AFTER_MS = 60_000;

export interface RetryTask {
  readonly orderState: Pick<OrderState, 'order' | 'reportStep'>;
  readonly signal: AbortSignal;
  readonly deadline: number;
  readonly interactive: boolean;
  readonly timing: Timing;
  readonly places: Pick<Places, 'wait'>;
}

/**
 * Runs attempts until one succeeds or no retry is left.
 * @throws the error of the last attempt; the reason of `signal`
 */
export async function retryIssuance<T>(
  task: RetryTask,
  attempt: (isRepeated: boolean) => Promise<T>,
): Promise<T> {
  const { orderState, signal, timing, places } = task;
  for (let tries = 0; ; tries += 1) {
    try {
      return await attempt(tries > 0);
    } catch (cause) {
      signal.throwIfAborted();
      const error = toCertdeskError(cause);
      const waitMs = waitBeforeRetry(error, tries, task);
      if (waitMs === null) throw error;
      orderState.reportStep('retry', `${error.message} Retrying.`, { code: error.code });
      await places.wait(() => timing.pause(waitMs, signal));
    }
  }
}

/** Null if there is no further attempt. */
function waitBeforeRetry(
  error: CertdeskError,
  tries: number,
  { orderState, interactive, deadline, timing }: RetryTask,
): number | null {
  const isUnavailable = error.code === 'ACME_UNAVAILABLE';
  if (!isUnavailable && (error.code !== 'ACME_TIMEOUT' || isDeadline(error))) return null;
  if (isGivenUp(error)) return null;
  if (!interactive && orderState.order.url === null && tries > 0) return null;
  const scheduledMs = isUnavailable ? RETRY_WAITS_MS[tries] : RETRY_WAITS_MS[1];
  const retryAfterMs = retryAfterOf(error) ?? 0;
  if (scheduledMs === undefined || retryAfterMs > MAX_RETRY_AFTER_MS) return null;
  const waitMs = Math.max(scheduledMs, retryAfterMs);
  return timing.now() + waitMs > deadline ? null : waitMs;
}
