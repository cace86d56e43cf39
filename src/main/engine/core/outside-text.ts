// Cleans untrusted text (from providers, CAs, mail servers, webhooks, files). It is cut before any processing, and each
// function makes one pass, because a regular expression with overlapping quantifiers takes quadratic time on hostile text.

/** Characters. Messages quote a few hundred of them; nothing that Certdesk searches for comes later than this. */
export const MAX_OUTSIDE_TEXT = 64 * 1024;

/** Cuts a text to MAX_OUTSIDE_TEXT characters. */
export function cutText(text: string): string {
  return text.length <= MAX_OUTSIDE_TEXT ? text : text.slice(0, MAX_OUTSIDE_TEXT);
}

/** Replaces every tag (`<` to the next `>`) with a space. A `<` without a later `>` stays. */
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

/** Replaces every run of white space and control characters with one space. */
export function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

/** Removes all trailing characters that occur in `characters`. */
export function trimEndOf(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
