// Times the retries of calls to DNS providers: Retry-After, back-off with jitter, and the pause itself.

import { parseRetryAfter } from '../../core/retry-after.ts';
import { REAL_TIMING } from '../../core/timing.ts';

/** Waits for `ms`. @throws the reason of the signal */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

export const sleep: Sleep = REAL_TIMING.pause;

/** Milliseconds before attempt `attempt + 1`: doubles from `baseMs` up to 15 s; half of it is random. */
export function backoffMs(attempt: number, baseMs: number): number {
  const full = Math.min(baseMs * 2 ** (attempt - 1), 15_000);
  return Math.round(full / 2 + (Math.random() * full) / 2);
}

/**
 * The wait in milliseconds that a response asks for: Retry-After, or GoDaddy's `retryAfterSec` in the body. Null if there
 * is neither.
 */
export function retryAfterMs(
  { headers, text }: { readonly headers: Readonly<Record<string, string>>; readonly text: string },
  now: Date,
): number | null {
  const asked = parseRetryAfter(headers, () => now.getTime());
  if (asked !== null) return asked;
  const seconds = /"retryAfterSec"\s*:\s*(\d{1,6})\b/.exec(text)?.[1];
  return seconds === undefined ? null : Number(seconds) * 1000;
}
