// The two forms of configuration that the clients write: INI as Python's ConfigObj reads it (certbot), and shell
// assignments (acme.sh). Nothing in them is executed. Lines are cut by indexOf and by single steps: expressions for
// whole lines take a time that grows with the square of their length.

/**
 * `section.key` -> value, keys of no section alone; of a key that stands twice the last one counts. A list has its
 * items joined by commas. https://configobj.readthedocs.io/en/latest/configobj.html#the-config-file-format
 */
export function readIni(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let section = '';
  const lines = linesOf(text);
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const heading = headingOf(line);
    const [key, value] = halves(line);
    if (heading !== null) section = `${heading}.`;
    else if (key !== '' && !/^[#;[]/.test(key)) {
      const quote = ["'''", '"""'].find((mark) => value.startsWith(mark));
      const long = quote === undefined ? null : longValue(lines, { index, value, quote });
      values.set(section + unquoted(key), long?.value ?? configValue(value));
      index = long?.index ?? index;
    }
  }
  return values;
}

/** A value in triple quotes, which may go on in the lines below. */
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

/** `a # comment`, `"a # b"`, `a, "b, c"`: quotes keep what is in them, and # begins a comment anywhere outside. */
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

/** NAME=value by the quoting of the shell (POSIX, 2.2); a value that acme.sh has encoded is decoded. */
export function readAssignments(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of linesOf(text)) {
    for (const word of shellWords(line)) {
      const at = word.indexOf('=');
      const name = /^[A-Za-z_]\w{0,200}$/.exec(word.slice(0, Math.max(at, 0)))?.[0];
      if (name !== undefined) values.set(name, decoded(word.slice(at + 1)));
      else if (word !== 'export') break;
    }
  }
  return values;
}

/**
 * The words of one line. acme.sh puts a value in quotes without a look at those in it: a line whose quotes do not
 * close is one assignment, as it stands.
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
      if (end === -1) return asItStands(line);
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

function asItStands(line: string): readonly string[] {
  const [before, value] = halves(line.startsWith('export ') ? line.slice('export '.length) : line);
  return [`${before}=${unquoted(value)}`];
}

const linesOf = (text: string): readonly string[] =>
  text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line) => line.trim());

/** What stands before the first `=` and after it; the first is empty where there is none. */
function halves(line: string): readonly [string, string] {
  const at = line.indexOf('=');
  return at === -1 ? ['', ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}

/** `[[ name ]]` -> `name`; null where the line is no heading. */
function headingOf(line: string): string | null {
  const end = line.indexOf(']');
  if (!line.startsWith('[') || end === -1) return null;
  const name = line.slice(0, end).replace(/^\[+/, '').trim();
  return name === '' ? null : unquoted(name);
}

function unquoted(value: string): string {
  return /^(["']).*\1$/.test(value) && value.length > 1 ? value.slice(1, -1) : value;
}

/** acme.sh's _savedomainconf with "base64". */
function decoded(value: string): string {
  const wrapped = /^__ACME_BASE64__START_(.*)__ACME_BASE64__END_$/.exec(value);
  return wrapped === null ? value : Buffer.from(wrapped[1] ?? '', 'base64').toString('utf8');
}
