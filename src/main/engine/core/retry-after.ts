// Reads Retry-After (RFC 9110 section 10.2.3) from a response's headers and from the details of an error.
import type { CertdeskError } from './errors.ts';

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Parses a Retry-After header: seconds (with a fraction, as Discord sends it) or an HTTP date. A date is compared with
 * the response's own Date header, if it has one, so that a wrong local clock does no harm.
 * @returns milliseconds from now, 0 or more; null if the header is absent or unreadable
 */
export function parseRetryAfter(headers: Headers, now: () => number = Date.now): number | null {
  const value = first(headers['retry-after']);
  if (/^\d+(\.\d+)?$/.test(value)) return Math.min(Number(value) * 1_000, Number.MAX_SAFE_INTEGER);
  const until = Date.parse(value);
  // All three forms of an HTTP date begin with the name of a day; Date.parse alone accepts far more (`-5`).
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

/** For `details` of an error: whole seconds, rounded up; empty for null. */
export function retryAfterDetail(ms: number | null): { readonly retryAfter?: number } {
  return ms === null ? {} : { retryAfter: Math.ceil(ms / 1_000) };
}
