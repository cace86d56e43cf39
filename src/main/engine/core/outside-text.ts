// Text that others write (providers, CAs, mail servers, webhooks, files): bounded before anything looks into it, and
// changed in one pass, because a regular expression with overlapping quantifiers takes quadratic time on hostile text.

/** Characters. An error page is shown in a few hundred; nothing that is looked for stands beyond this. */
export const MAX_OUTSIDE_TEXT = 64 * 1024;

/** The beginning of a text, at most MAX_OUTSIDE_TEXT characters. */
export function cutText(text: string): string {
  return text.length <= MAX_OUTSIDE_TEXT ? text : text.slice(0, MAX_OUTSIDE_TEXT);
}

/** Puts a blank in place of every tag (`<` to the next `>`). A `<` without a `>` after it stays. */
export function stripTags(text: string): string {
  const parts: string[] = [];
  let at = 0;
  for (;;) {
    const start = text.indexOf('<', at);
    const end = start === -1 ? -1 : text.indexOf('>', start);
    if (end === -1) break;
    parts.push(text.slice(at, start), ' ');
    at = end + 1;
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(at);
}

/** Every run of white space and control characters becomes one blank. */
export function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

/** Removes trailing characters that are among `characters`. */
export function trimEndOf(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
