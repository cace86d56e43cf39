// Names of hosts in an Ansible inventory: `web[01:10].example.com:2222` stands for ten hosts with a port
// (https://docs.ansible.com/ansible/latest/inventory_guide/intro_inventory.html#adding-ranges-of-hosts).

export interface ExpandedHosts {
  readonly names: readonly string[];
  readonly port: string | null;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** @param limit The maximum number of names. @returns the names, or why the pattern is refused */
export function expandHosts(pattern: string, limit: number): ExpandedHosts | string {
  const { name, port } = splitPort(pattern);
  const names = expandRanges(name, limit);
  return typeof names === 'string' ? names : { names, port };
}

/** `name:port` and `[IPv6]:port`. A bare IPv6 address has more than one colon, and no port. */
function splitPort(pattern: string): { readonly name: string; readonly port: string | null } {
  const bracketed = /^\[([0-9A-Fa-f:.]+)\](?::(\d{1,6}))?$/.exec(pattern);
  const address = bracketed?.[1] ?? '';
  if (bracketed !== null && address.split(':').length > 3)
    return { name: address, port: bracketed[2] ?? null };
  const at = pattern.lastIndexOf(':');
  const port = pattern.slice(at + 1);
  const name = pattern.slice(0, Math.max(at, 0));
  const isPort = at > 0 && /^\d{1,6}$/.test(port) && !name.replace(/\[[^[\]]*\]/g, '').includes(':');
  return isPort ? { name, port } : { name: pattern, port: null };
}

function expandRanges(pattern: string, limit: number): readonly string[] | string {
  const open = pattern.indexOf('[');
  if (open === -1) return [pattern];
  const close = pattern.indexOf(']', open);
  const values = close === -1 ? null : valuesOf(pattern.slice(open + 1, close), limit);
  if (values === null) return 'The range in brackets is not one that Ansible knows, such as [01:10] or [a:f]';
  if (typeof values === 'string') return values;
  const rest = expandRanges(pattern.slice(close + 1), limit);
  if (typeof rest === 'string') return rest;
  if (values.length * rest.length > limit) return tooMany(limit);
  const head = pattern.slice(0, open);
  return values.flatMap((value) => rest.map((tail) => `${head}${value}${tail}`));
}

const tooMany = (limit: number): string => `The range stands for more than ${limit} hosts`;

/** @returns the values of `begin:end` or `begin:end:step`, both ends included; null if it is none */
function valuesOf(range: string, limit: number): readonly string[] | string | null {
  const [begin = '', end = '', step = '1', ...more] = range.split(':');
  if (more.length > 0 || end === '' || !/^[1-9]\d{0,5}$/.test(step) || !range.includes(':')) return null;
  const by = Number(step);
  if (/^[A-Za-z]$/.test(begin) && /^[A-Za-z]$/.test(end)) {
    const letters = LETTERS.slice(LETTERS.indexOf(begin), LETTERS.indexOf(end) + 1);
    return letters === '' ? null : [...letters].filter((_, at) => at % by === 0);
  }
  if (!/^\d{0,9}$/.test(begin) || !/^\d{1,9}$/.test(end)) return null;
  const isPadded = begin.length > 1 && begin.startsWith('0');
  if (isPadded && begin.length !== end.length) return null;
  const [first, last] = [Number(begin === '' ? '0' : begin), Number(end)];
  if (first > last) return null;
  const count = Math.floor((last - first) / by) + 1;
  if (count > limit) return tooMany(limit);
  const width = isPadded ? begin.length : 0;
  return Array.from({ length: count }, (_, at) => String(first + at * by).padStart(width, '0'));
}
