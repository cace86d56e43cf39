// Parses the two configuration formats of other clients: INI as Python's ConfigObj reads it (certbot), and shell
// assignments (acme.sh). Nothing in them is executed. Lines are split with indexOf and single steps, because regular
// expressions for whole lines take quadratic time.

/**
 * Returns values by `section.key`, or by the key alone outside of sections. The last value of a repeated key counts.
 * The items of a list are joined by commas.
 * https://configobj.readthedocs.io/en/latest/configobj.html#the-config-file-format
 */
export function readIni(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let section = '';
  const lines = linesOf(text);
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const heading = headingOf(line);
    const [key, value] = splitAtEquals(line);
    if (heading !== null) section = `${heading}.`;
    else if (key !== '' && !/^[#;[]/.test(key)) {
      const quote = ["'''", '"""'].find((mark) => value.startsWith(mark));
      const long = quote === undefined ? null : longValue(lines, { index, value, quote });
      values.set(section + unquote(key), long?.value ?? configValue(value));
      index = long?.index ?? index;
    }
  }
  return values;
}

/** Reads a value in triple quotes, which may continue on the following lines. */
function longValue(
  lines: readonly string[],
  { index, value, quote }: { readonly index: number; readonly value: string; readonly quote: string },
): { readonly value: string; readonly index: number } | null {
  const parts = [value.slice(quote.length)];
  for (let last = index; last < lines.length; last += 1) {
    const part = parts.at(-1) ?? '';
    const end = part.indexOf(quote);
    if (end !== -1) return { value: [...parts.slice(0, -1), part.slice(0, end)].join('\n'), index: last };
    parts.push(lines[last + 1] ?? '');
  }
  return null;
}

/** `a # comment`, `"a # b"`, `a, "b, c"`: quotes protect their contents, and # starts a comment anywhere else. */
function configValue(text: string): string {
  const items: string[] = [];
  for (let at = 0; at < text.length; ) {
    if (text[at] === ' ' || text[at] === '\t') {
      at += 1;
      continue;
    }
    const quote = text[at] ?? '';
    const close = quote === '"' || quote === "'" ? text.indexOf(quote, at + 1) : -1;
    const end = close === -1 ? endOfBare(text, at) : close + 1;
    items.push(close === -1 ? text.slice(at, end).trim() : text.slice(at + 1, close));
    const comma = end + (text.slice(end).length - text.slice(end).trimStart().length);
    if (text[comma] !== ',') break;
    at = comma + 1;
    if (/^\s*(#|$)/.test(text.slice(at, at + 200))) break;
  }
  return items.join(',');
}

function endOfBare(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== ',' && text[at] !== '#') at += 1;
  return at;
}

/** Reads NAME=value by the quoting rules of the shell (POSIX, 2.2). Decodes values that acme.sh has encoded. */
export function readAssignments(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of linesOf(text)) {
    for (const word of shellWords(line)) {
      const at = word.indexOf('=');
      const name = /^[A-Za-z_]\w{0,200}$/.exec(word.slice(0, Math.max(at, 0)))?.[0];
      if (name !== undefined) values.set(name, decode(word.slice(at + 1)));
      else if (word !== 'export') break;
    }
  }
  return values;
}

/**
 * Splits a line into words. acme.sh quotes a value without escaping the quotes inside it, so a line with an unclosed
 * quote is read as one literal assignment.
 */
function shellWords(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | null = null;
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at] ?? '';
    if (character === ' ' || character === '\t' || character === ';') {
      if (word !== null) words.push(word);
      word = null;
    } else if (character === '#' && word === null) {
      return words;
    } else if (character === "'" || character === '"') {
      const end = closingQuote(line, at);
      if (end === -1) return literalAssignment(line);
      const inside = line.slice(at + 1, end);
      word = (word ?? '') + (character === '"' ? inside.replace(/\\([$`"\\])/g, '$1') : inside);
      at = end;
    } else if (character === '\\') {
      at += 1;
      word = (word ?? '') + (line[at] ?? '');
    } else {
      word = (word ?? '') + character;
    }
  }
  return word === null ? words : [...words, word];
}

function closingQuote(line: string, from: number): number {
  const quote = line[from] ?? '';
  for (let at = from + 1; at < line.length; at += 1) {
    if (line[at] === quote) return at;
    if (line[at] === '\\' && quote === '"') at += 1;
  }
  return -1;
}

function literalAssignment(line: string): readonly string[] {
  const [before, value] = splitAtEquals(line.startsWith('export ') ? line.slice('export '.length) : line);
  return [`${before}=${unquote(value)}`];
}

const linesOf = (text: string): readonly string[] =>
  text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line) => line.trim());

/** The parts before and after the first `=`; both empty if there is none. */
function splitAtEquals(line: string): readonly [string, string] {
  const at = line.indexOf('=');
  return at === -1 ? ['', ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}

/** `[[ name ]]` -> `name`; null if the line is no heading. */
function headingOf(line: string): string | null {
  const end = line.indexOf(']');
  if (!line.startsWith('[') || end === -1) return null;
  const name = line.slice(0, end).replace(/^\[+/, '').trim();
  return name === '' ? null : unquote(name);
}

function unquote(value: string): string {
  return /^(["']).*\1$/.test(value) && value.length > 1 ? value.slice(1, -1) : value;
}

/** Decodes what acme.sh's _savedomainconf writes with "base64". */
function decode(value: string): string {
  const wrapped = /^__ACME_BASE64__START_(.*)__ACME_BASE64__END_$/.exec(value);
  return wrapped === null ? value : Buffer.from(wrapped[1] ?? '', 'base64').toString('utf8');
}
