// Tags as a parameter of a list's address.
import { TAG_FORM } from '../../shared/tag-form.ts';
import { textParam } from '../lists/search-params.ts';

/** One tag or several. The server refuses others, so they are ignored. */
export function tagsParam(value: unknown): string[] | undefined {
  const tags = [value].flat().flatMap((each) => textParam(each)?.toLowerCase() ?? []);
  const valid = tags.filter((tag) => TAG_FORM.test(tag));
  return valid.length === 0 ? undefined : valid;
}
