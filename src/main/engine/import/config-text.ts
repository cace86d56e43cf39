// The two forms of configuration that the clients write: INI as Python's ConfigObj has it (certbot), and shell
// assignments (acme.sh). Nothing in them is executed.

/** `section.key` -> value, keys of no section by themselves; of a key that stands twice the last one counts. */
export function readIni(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let section = '';
  for (const line of text.split(/\r?\n/)) {
    const heading = /^\s*\[+\s*([^\]]+?)\s*\]+/.exec(line);
    if (heading !== null) section = `${heading[1]}.`;
    const pair = /^\s*([^#;=\s[][^=]*?)\s*=\s*(.*?)\s*$/.exec(line);
    if (heading === null && pair !== null) values.set(section + pair[1], unquoted(pair[2] ?? ''));
  }
  return values;
}

/** NAME='value' lines; a value that acme.sh has encoded is decoded. */
export function readAssignments(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const pair = /^\s*(?:export\s+)?([A-Za-z_]\w*)=(.*?)\s*$/.exec(line);
    if (pair !== null) values.set(pair[1] ?? '', decoded(unquoted(pair[2] ?? '')));
  }
  return values;
}

function unquoted(value: string): string {
  return /^(["']).*\1$/.test(value) && value.length > 1 ? value.slice(1, -1) : value;
}

/** acme.sh's _savedomainconf with "base64". */
function decoded(value: string): string {
  const wrapped = /^__ACME_BASE64__START_(.*)__ACME_BASE64__END_$/.exec(value);
  return wrapped === null ? value : Buffer.from(wrapped[1] ?? '', 'base64').toString('utf8');
}
