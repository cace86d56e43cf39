// Characters that must not reach a terminal or a log as they are.

/**
 * Control characters (Unicode category Cc), line separators and bidirectional marks. On a terminal or in a log they can
 * forge lines and hide words (CVE-2021-42574).
 */
export const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** Replaces each unprintable character by `\u{…}`, for output to a terminal. */
export function escapeUnprintable(text: string): string {
  return [...text]
    .map((one) => (UNPRINTABLE.test(one) ? `\\u{${one.codePointAt(0)?.toString(16)}}` : one))
    .join('');
}
