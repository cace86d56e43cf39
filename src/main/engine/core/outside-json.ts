// Parses untrusted JSON within limits on members and depth. A byte limit alone does not bound the validation time or the
// depth: one megabyte can hold half a million empty objects, and a schema reports an issue for each.

/** For comparison: a page of 500 domains has about 10,000 members, an order with 100 names 400. */
const MAX_MEMBERS = 20_000;
const MAX_CONTAINERS = 5_000;
const MAX_DEPTH = 64;

/**
 * Parses the text.
 * @throws SyntaxError if the text is not JSON, has too many members or is nested too deeply
 */
export function parseOutsideJson(text: string, reviver?: (key: string, value: unknown) => unknown): unknown {
  const excess = findExcess(text);
  if (excess !== null) throw new ExcessError(excess);
  return JSON.parse(text, reviver);
}

class ExcessError extends SyntaxError {
  override readonly name = 'ExcessError';
}

/** Whether `error` says that the text exceeds a limit, as opposed to not being JSON. */
export function isExcess(error: unknown): error is SyntaxError {
  return error instanceof ExcessError;
}

/** Counts the structural characters outside of strings in one pass. Null if no limit is exceeded. */
function findExcess(text: string): string | null {
  let depth = 0;
  let members = 0;
  let containers = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
      if (at === -1) return null; // JSON.parse reports this error
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

/** Index of the closing quote of the string that begins at `start`, or -1. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at;
  }
  return -1;
}
