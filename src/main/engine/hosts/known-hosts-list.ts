// Reads the hosts of an OpenSSH known_hosts file with their keys, for the import of many hosts.
import { AddressSchema } from '../../../shared/host.ts';
import { HOST_KEY_ALGORITHMS, type HostKey, readHostKey } from './host-key.ts';
import type { Candidate, Candidates } from './inventory/candidates.ts';
import { quote, type Refused } from './inventory/inventory.ts';
import { entriesOf } from './known-hosts.ts';

interface Found {
  readonly line: number;
  readonly name: string;
  readonly port: number;
  readonly aliases: Set<string>;
  readonly keys: Map<string, HostKey>;
}

const HASHED =
  'The name is hashed, so nobody can read it back. Add the host by its name; “Import known_hosts” then finds its keys';

/**
 * @param limit The maximum number of hosts.
 * Names on one line are one host, whose first name counts. A key that the file revokes anywhere is not taken.
 */
export function listKnownHosts(text: string, limit: number): Candidates {
  const refused: Refused[] = [];
  const byName = new Map<string, Found>();
  const revoked = new Set<string>();
  const refuse = (line: number, name: string | null, reason: string) =>
    void refused.push({ line, name: name === null ? null : quote(name), reason });
  for (const { line, marker, hosts, type, encoded } of entriesOf(text)) {
    if (hosts.startsWith('|')) {
      refuse(line, null, HASHED);
      continue;
    }
    if (marker === '@cert-authority') {
      refuse(
        line,
        hosts,
        '@cert-authority: Certdesk cannot check host certificates. Accept the host’s own key instead',
      );
      continue;
    }
    const key = readHostKey(Buffer.from(encoded, 'base64'));
    if (marker === '@revoked') {
      if (key !== null) revoked.add(key.sha256);
      refuse(line, hosts, '@revoked: the file says not to trust this key');
      continue;
    }
    const reason =
      marker !== undefined
        ? `Unknown marker ${quote(marker)}`
        : key === null || key.type !== type
          ? 'The key is damaged'
          : Object.hasOwn(HOST_KEY_ALGORITHMS, type)
            ? null
            : `Certdesk does not support this type of key: ${quote(type)}`;
    const names = hosts.toLowerCase().split(',');
    const pattern = names.find((name) => /[*?!]/.test(name));
    if (reason !== null || key === null) refuse(line, hosts, reason ?? '');
    else if (pattern !== undefined) refuse(line, hosts, 'A pattern is not the name of one host');
    else {
      for (const [port, all] of Map.groupBy(names.map(splitName), (each) => each.port)) {
        const problem = addHost(byName, { line, port, names: all.map(({ name }) => name), key, limit });
        if (problem !== null) refuse(line, hosts, problem);
      }
    }
  }
  const hosts = [...new Set(byName.values())].map((found) => toCandidate(found, revoked));
  return { hosts, refused };
}

/** `[name]:port`, or `name` for port 22. */
function splitName(text: string): { readonly name: string; readonly port: number } {
  const [, name, port] = /^\[([^\]]*)\]:(\d{1,5})$/.exec(text) ?? [];
  return name === undefined ? { name: text, port: 22 } : { name, port: Number(port) };
}

interface Entry {
  readonly line: number;
  readonly port: number;
  readonly names: readonly string[];
  readonly key: HostKey;
  readonly limit: number;
}

/** @returns why the entry is refused; null if it is not */
function addHost(byName: Map<string, Found>, { line, port, names, key, limit }: Entry): string | null {
  if (port < 1 || port > 65_535) return 'The port is no number from 1 to 65535';
  const [first = ''] = names;
  if (names.some((name) => !AddressSchema.safeParse(name).success))
    return 'This is no host name and no IP address';
  const nameAt = (name: string) => `${name} ${port}`;
  const known = names.map((name) => byName.get(nameAt(name))).find((each) => each !== undefined);
  if (known === undefined && byName.size >= limit) return `The file has more than ${limit} hosts`;
  const host = known ?? {
    line,
    name: first,
    port,
    aliases: new Set<string>(),
    keys: new Map<string, HostKey>(),
  };
  host.keys.set(key.sha256, key);
  for (const name of names) {
    if (name !== host.name) host.aliases.add(name);
    if (!byName.has(nameAt(name))) byName.set(nameAt(name), host);
  }
  return null;
}

function toCandidate({ line, name, port, aliases, keys }: Found, revoked: ReadonlySet<string>): Candidate {
  return {
    line,
    name: port === 22 ? name : `${name}:${port}`,
    address: name,
    aliases: [...aliases],
    port,
    user: null,
    tags: [],
    keys: [...keys.values()].filter(({ sha256 }) => !revoked.has(sha256)),
    notes: aliases.size === 0 ? [] : [`Also known as ${[...aliases].map(quote).join(', ')}`],
  };
}
