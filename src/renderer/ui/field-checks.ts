// Field validation that several forms share. The server validates again.
import { endSentence } from '../format.ts';
import { messages } from '../messages.ts';

const text = messages.fields;
/** Matches LabelSchema in shared/label.ts. */
const LONGEST_LABEL = 200;

export function isEmailAddress(given: string): boolean {
  const [local = '', domain = '', ...rest] = given.trim().split('@');
  const dot = domain.indexOf('.', 1);
  return (
    local !== '' && dot !== -1 && dot < domain.length - 1 && rest.length === 0 && !/\s/.test(local + domain)
  );
}

/** Validates a display name. @returns an error, or null if it is valid */
export function checkLabel(given: string): string | null {
  return given.trim().length > LONGEST_LABEL ? text.tooLong(LONGEST_LABEL) : null;
}

/** Validates a required display name. */
export function checkRequiredLabel(given: string): string | null {
  return given.trim() === '' ? text.nameMissing : checkLabel(given);
}

/** Turns the server's `must not be empty` into `Must not be empty.`, because it stands alone below its field. */
export function asSentence(words: string): string {
  return endSentence(words.charAt(0).toUpperCase() + words.slice(1));
}

/** Parses a number field. An empty field is NaN, not 0, so that the server reports the error at the field. */
export function numberOf(typed: number | string): number {
  return typed === '' ? Number.NaN : Number(typed);
}
