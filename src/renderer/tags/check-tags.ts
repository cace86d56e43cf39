// Checks tags as the user types.
import { TAG_FORM } from '../../shared/tag-form.ts';
import { tags as tagTexts } from '../messages/tags.ts';

/** Returns what is wrong with the first invalid tag; null if all are valid. */
export function checkTags(tags: readonly string[]): string | null {
  const wrong = tags.find((tag) => !TAG_FORM.test(tag));
  return wrong === undefined ? null : tagTexts.badTag(wrong);
}
