// Reads docs/certificates-api.txt, the specification, so that tests compare the program with its exact text.
import { readFileSync } from 'node:fs';

const TEXT = readFileSync(new URL('../../../docs/certificates-api.txt', import.meta.url), 'utf8');

export interface DocumentedEndpoint {
  readonly method: string;
  /** As documented: `/projects/:id/certificate`. */
  readonly path: string;
  readonly description: string;
}

/** The rows of "Endpoints Overview". */
export function documentedEndpoints(): readonly DocumentedEndpoint[] {
  return [...TEXT.matchAll(/^\| (GET|POST|DELETE) \| (\S+) \| (.+) \|$/gm)].map(
    ([, method = '', path = '', description = '']) => ({ method, path, description }),
  );
}

/** "Permission: …" of each section that names one, by its heading line `METHOD /api/v1/…`. */
export function documentedPermissions(): ReadonlyMap<string, string> {
  const found = TEXT.matchAll(/^(GET|POST|DELETE) (\/api\/v1\S+)\n(?:[^\n]*\n)??Permission: (\S+)$/gm);
  return new Map(
    [...found].map(([, method = '', path = '', permission = '']) => [`${method} ${path}`, permission]),
  );
}

/** The rows of "Additional Options": option -> [meaning, default]. */
export function documentedOptions(): ReadonlyMap<string, readonly [string, string]> {
  const section = between('Additional Options', 'Response:');
  const rows = [...section.matchAll(/^(?:\| )?(\w+) \| (.+) \| (.+) \|$/gm)];
  return new Map(rows.map(([, option = '', meaning = '', value = '']) => [option, [meaning, value]]));
}

export function documentedStatusValues(): readonly string[] {
  const section = between('Status values:', 'Remove Certificate');
  return [...section.matchAll(/(valid|expiring_soon|expired|revoked)- /g)].map(([, value = '']) => value);
}

/** The JSON after a label in a section. @param section Its heading; @param label A line of it, such as `Response:`. */
export function documentedJson(section: string, label: string): Record<string, unknown> {
  const at = TEXT.indexOf(`${label}\n`, TEXT.indexOf(`\n${section}\n`));
  const start = TEXT.indexOf('{', at);
  const end = endOfObject(start);
  return JSON.parse(TEXT.slice(start, end).replaceAll('{ ... }', '{}'));
}

function between(from: string, to: string): string {
  const at = TEXT.indexOf(from);
  return TEXT.slice(at, TEXT.indexOf(to, at + from.length));
}

function endOfObject(start: number): number {
  let depth = 0;
  for (let at = start; at < TEXT.length; at += 1) {
    if (TEXT[at] === '{') depth += 1;
    if (TEXT[at] === '}') depth -= 1;
    if (depth === 0) return at + 1;
  }
  throw new Error('The specification has an unclosed example');
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** Lists the documented fields that an answer lacks or has in another type. More fields are allowed. */
export function deviations(example: unknown, actual: unknown, path = ''): readonly string[] {
  if (example === null) return []; // documented as null here; its other values are documented elsewhere
  if (typeof example === 'string' && TIME.test(example)) {
    return typeof actual === 'string' && TIME.test(actual)
      ? []
      : [`${path} is no time: ${JSON.stringify(actual)}`];
  }
  if (Array.isArray(example)) return Array.isArray(actual) ? [] : [`${path} is no list`];
  if (typeof example !== 'object') {
    return typeof actual === typeof example
      ? []
      : [`${path} is ${JSON.stringify(actual)}, not a ${typeof example}`];
  }
  if (typeof actual !== 'object' || actual === null)
    return [`${path} is ${JSON.stringify(actual)}, not an object`];
  return Object.entries(example).flatMap(([key, value]) =>
    key in actual
      ? deviations(value, Reflect.get(actual, key), `${path}/${key}`)
      : [`${path}/${key} is missing`],
  );
}
