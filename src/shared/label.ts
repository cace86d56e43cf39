// A name that a person gives to something: a project, a token, a saved credential, a notification channel.
import { z } from 'zod';

/**
 * Control characters (Unicode category Cc), line separators, and the marks that turn the direction of text around:
 * printed on a terminal or in a log they forge lines and hide words (CVE-2021-42574).
 */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
const ALL_UNPRINTABLE = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

export const LabelSchema = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .refine(
    (text) => !UNPRINTABLE.test(text),
    'contains a control character: use letters, digits and punctuation',
  );

/** The text with each of these characters as `\u{…}`, for output that a terminal interprets. */
export function escapeUnprintable(text: string): string {
  return text.replace(ALL_UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
