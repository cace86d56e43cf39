// The two forms of configuration that the clients write: INI as Python's ConfigObj has it (certbot), and shell
// assignments (acme.sh). Nothing in them is executed.

/** `section.key` -> value, keys of no section by themselves; of a key that stands twice the last one counts. */
export function readIni(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let section = '';
  for (const line of linesOf(text)) {
    const heading = headingOf(line);
    const [key, value] = halves(line);
    if (heading !== null) section = `${heading}.`;
    else if (key !== '' && !/^[#;[]/.test(key)) values.set(section + key, unquoted(value));
  }
  return values;
}

/** NAME='value' lines; a value that acme.sh has encoded is decoded. */
export function readAssignments(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of linesOf(text)) {
    const [before, value] = halves(line);
    const name = /^(?:export\s+)?([A-Za-z_]\w*)$/.exec(before)?.[1];
    if (name !== undefined && line[before.length] === '=') values.set(name, decoded(unquoted(value)));
  }
  return values;
}

// Cut by indexOf and trim, not by one expression a line: those take a time that grows with the square of its length.
const linesOf = (text: string): readonly string[] => text.split('\n').map((line) => line.trim());

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
  return name === '' ? null : name;
}

function unquoted(value: string): string {
  return /^(["']).*\1$/.test(value) && value.length > 1 ? value.slice(1, -1) : value;
}

/** acme.sh's _savedomainconf with "base64". */
function decoded(value: string): string {
  const wrapped = /^__ACME_BASE64__START_(.*)__ACME_BASE64__END_$/.exec(value);
  return wrapped === null ? value : Buffer.from(wrapped[1] ?? '', 'base64').toString('utf8');
}
