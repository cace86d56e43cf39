// JSON that others write. Its size bounds neither the time that its validation takes nor its depth: a megabyte may hold
// half a million empty objects, each of which a schema complains about.

/** A page of 500 domains has some 10,000 members, an order of 100 names 400. */
const MAX_MEMBERS = 20_000;
const MAX_CONTAINERS = 5_000;
const MAX_DEPTH = 64;

/**
 * The value, parsed.
 * @throws SyntaxError where the text is not JSON, has too many members or is nested too deeply; the message quotes
 *   nothing of it.
 */
export function parseOutsideJson(text: string, reviver?: (key: string, value: unknown) => unknown): unknown {
  const excess = excessOf(text);
  if (excess !== null) throw new ExcessError(excess);
  return JSON.parse(text, reviver);
}

class ExcessError extends SyntaxError {
  override readonly name = 'ExcessError';
}

/** Whether the text may be JSON, and was too large in one of these ways. */
export function isExcess(error: unknown): error is SyntaxError {
  return error instanceof ExcessError;
}

/** One pass over the characters that structure JSON, outside of strings. Null where there are not too many. */
function excessOf(text: string): string | null {
  let depth = 0;
  let members = 0;
  let containers = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
      if (at === -1) return null; // JSON.parse says what is wrong
    } else if (code === COMMA) {
      members += 1;
      if (members > MAX_MEMBERS) return `it has more than ${MAX_MEMBERS} members`;
    } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      depth += 1;
      containers += 1;
      if (depth > MAX_DEPTH) return `it is nested more than ${MAX_DEPTH} levels deep`;
      if (containers > MAX_CONTAINERS) return `it has more than ${MAX_CONTAINERS} objects and arrays`;
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) depth -= 1;
  }
  return null;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/** The closing quote of the string that begins at `start`; -1 where there is none. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at;
  }
  return -1;
}
