// Retry-After (RFC 9110 section 10.2.3): read from an answer's headers, and from the details of an error.
import type { CertdeskError } from './errors.ts';

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Milliseconds from now, 0 or more, of a Retry-After field: seconds, with a fraction as Discord sends it, or an HTTP
 * date. A date is measured against the answer's own Date field, if it has one, so that a wrong clock here does no harm.
 * Null if the field is absent or unreadable.
 */
export function parseRetryAfter(headers: Headers, now: () => number = Date.now): number | null {
  const value = first(headers['retry-after']);
  if (/^\d+(\.\d+)?$/.test(value)) return Math.min(Number(value) * 1_000, Number.MAX_SAFE_INTEGER);
  const until = Date.parse(value);
  // All three forms of an HTTP date begin with a day's name; Date.parse alone reads dates into much else (`-5`).
  if (Number.isNaN(until) || !/^[A-Z][a-z]{2,8},? /.test(value)) return null;
  const sent = Date.parse(first(headers.date));
  return Math.max(0, until - (Number.isNaN(sent) ? now() : sent));
}

function first(field: string | readonly string[] | undefined): string {
  return String(typeof field === 'object' ? field[0] : (field ?? '')).trim();
}

/** `details.retryAfter` of an error, in milliseconds; null if it has none. */
export function retryAfterOf({ details }: Pick<CertdeskError, 'details'>): number | null {
  const seconds: unknown =
    typeof details === 'object' && details !== null ? Reflect.get(details, 'retryAfter') : null;
  return typeof seconds === 'number' ? seconds * 1_000 : null;
}

/** For `details`: nothing, or whole seconds, rounded up. */
export function retryAfterDetail(ms: number | null): { readonly retryAfter?: number } {
  return ms === null ? {} : { retryAfter: Math.ceil(ms / 1_000) };
}
