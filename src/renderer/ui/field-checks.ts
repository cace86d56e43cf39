// Checks of single fields that several forms make before the server is asked. The server has the last word.
import { endSentence } from '../format.ts';
import { messages } from '../messages.ts';

const text = messages.fields;
/** Of LabelSchema in shared/label.ts. */
const LONGEST_LABEL = 200;

export function isEmailAddress(given: string): boolean {
  const [local = '', domain = '', ...rest] = given.trim().split('@');
  const dot = domain.indexOf('.', 1);
  return (
    local !== '' && dot !== -1 && dot < domain.length - 1 && rest.length === 0 && !/\s/.test(local + domain)
  );
}

/** Of a name for people. @returns a sentence, or null where it is fine. */
export function checkLabel(given: string): string | null {
  return given.trim().length > LONGEST_LABEL ? text.tooLong(LONGEST_LABEL) : null;
}

/** The same of one that is required. */
export function checkRequiredLabel(given: string): string | null {
  return given.trim() === '' ? text.nameMissing : checkLabel(given);
}

/** `must not be empty` of the server -> `Must not be empty.`: below its field it stands alone. */
export function asSentence(words: string): string {
  return endSentence(words.charAt(0).toUpperCase() + words.slice(1));
}

/** Of a number as it was typed. An empty field is no number, not 0: the server then says so at the field. */
export function numberOf(typed: number | string): number {
  return typed === '' ? Number.NaN : Number(typed);
}
