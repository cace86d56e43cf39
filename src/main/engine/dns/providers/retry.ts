// When a call to a DNS provider is made again: Retry-After, back-off with jitter, and the pause itself.
import { REAL_PACE } from '../../core/timing.ts';

/** Resolves after `ms`; rejects with the signal's reason as soon as it aborts. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

export const sleep: Sleep = REAL_PACE.pause;

/** Milliseconds before try `attempt + 1`: doubles from `baseMs`, at most 15 s, half of it random. */
export function backoffMs(attempt: number, baseMs: number): number {
  const full = Math.min(baseMs * 2 ** (attempt - 1), 15_000);
  return Math.round(full / 2 + (Math.random() * full) / 2);
}

/**
 * What an answer asks to wait, in milliseconds: Retry-After as seconds or as a date (RFC 9110 section 10.2.3), or
 * `retryAfterSec` in the body, where GoDaddy says it. Null where it asks nothing. A date is taken relative to the
 * answer's own Date, so that a wrong clock here does no harm.
 */
export function retryAfterMs(
  answer: { readonly headers: Readonly<Record<string, string>>; readonly text: string },
  now: Date,
): number | null {
  const header = answer.headers['retry-after']?.trim();
  if (header !== undefined && /^\d+$/.test(header)) return Number(header) * 1000;
  if (header !== undefined && !Number.isNaN(Date.parse(header))) {
    const sent = Date.parse(answer.headers.date ?? '');
    return Math.max(0, Date.parse(header) - (Number.isNaN(sent) ? now.getTime() : sent));
  }
  const seconds = /"retryAfterSec"\s*:\s*(\d{1,6})\b/.exec(answer.text)?.[1];
  return seconds === undefined ? null : Number(seconds) * 1000;
}
