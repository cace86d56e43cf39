// When a call to a DNS provider is made again: Retry-After, back-off with jitter, and the pause itself.

import { parseRetryAfter } from '../../core/retry-after.ts';
import { REAL_TIMING } from '../../core/timing.ts';

/** Resolves after `ms`; rejects with the signal's reason as soon as it aborts. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

export const sleep: Sleep = REAL_TIMING.pause;

/** Milliseconds before try `attempt + 1`: doubles from `baseMs`, at most 15 s, half of it random. */
export function backoffMs(attempt: number, baseMs: number): number {
  const full = Math.min(baseMs * 2 ** (attempt - 1), 15_000);
  return Math.round(full / 2 + (Math.random() * full) / 2);
}

/**
 * Milliseconds that an answer asks to wait: Retry-After, or `retryAfterSec` in the body, as GoDaddy sends it. Null if
 * it asks nothing.
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
