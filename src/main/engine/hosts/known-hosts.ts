// Reads OpenSSH's known_hosts (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"): the keys that it has for one host.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import {
  type Host,
  type KnownHostKeys,
  KnownHostKeysSchema,
  type KnownHostsMatch,
  KnownHostsMatchSchema,
  type ReadKnownHosts,
} from '../../../shared/host.ts';
import { invalid } from '../core/invalid.ts';
import { HOST_KEY_ALGORITHMS, type HostKey, readHostKey } from './host-key.ts';

export interface FoundHostKeys {
  /** Keys to accept, without revoked ones. */
  readonly keys: readonly HostKey[];
  /** Keys that the file revokes for this host. */
  readonly revoked: readonly HostKey[];
  /** Lines about this host that were not imported, and why. */
  readonly skipped: readonly { readonly line: number; readonly reason: string }[];
  /** The numbers of all lines about this host. */
  readonly lines: readonly number[];
}

const REASONS = {
  authority: '@cert-authority: Certdesk cannot check host certificates. Accept the host’s own key instead',
  damaged: 'The key is damaged',
  type: 'Certdesk does not support this type of key',
};

interface Place {
  /** The name or IP address as the host is saved. */
  readonly address: string;
  readonly port: number;
}

/** Finds the keys of a host. Patterns, negated patterns, ports and hashed names count as in OpenSSH. */
export function findKnownHostKeys(text: string, place: Place): FoundHostKeys {
  return readKeys(indexEntries(text).find(place));
}

/** More HMACs than this take longer than some ten seconds. */
const MAX_HASHES = 5_000_000;

/**
 * Reads the file once, to find the keys of many hosts.
 * @param hosts How many hosts will be looked up.
 * @param field Of the request, for the error.
 * @throws INVALID_REQUEST if the file has so many hashed names that this takes too long
 */
export function indexKnownHosts(
  text: string,
  { hosts, field }: { readonly hosts: number; readonly field: string },
): { find(place: Place): FoundHostKeys } {
  const { find, hashed } = indexEntries(text);
  if (hashed * hosts > MAX_HASHES) {
    const most = Math.floor(MAX_HASHES / hashed);
    throw invalid(
      field,
      `has ${hashed} hashed names, which takes too long for ${hosts} hosts. Use a file with at most ${Math.floor(MAX_HASHES / hosts)} of them, or at most ${most} hosts`,
    );
  }
  return { find: (place) => readKeys(find(place)) };
}

type Entry = ReturnType<typeof entriesOf> extends Generator<infer Each> ? Each : never;

/** Plain names are found at once; hashed names and patterns are compared one by one. */
function indexEntries(text: string) {
  const plain = new Map<string, Set<Entry>>();
  const others: Entry[] = [];
  for (const entry of entriesOf(text)) {
    const names = entry.hosts.toLowerCase().split(',');
    if (entry.hosts.startsWith('|') || names.some((name) => /[*?!]/.test(name))) others.push(entry);
    else for (const name of names) plain.set(name, (plain.get(name) ?? new Set<Entry>()).add(entry));
  }
  return {
    hashed: others.filter(({ hosts }) => hosts.startsWith('|')).length,
    /** @returns in the order of the file */
    find({ address, port }: Place): readonly Entry[] {
      const name = (port === 22 ? address : `[${address}]:${port}`).toLowerCase();
      const found = [...(plain.get(name) ?? []), ...others.filter(({ hosts }) => matchesHost(hosts, name))];
      return found.toSorted((a, b) => a.line - b.line);
    },
  };
}

function readKeys(entries: readonly Entry[]): FoundHostKeys {
  const keys: HostKey[] = [];
  const revoked: HostKey[] = [];
  const skipped: { line: number; reason: string }[] = [];
  const lines: number[] = [];
  for (const { line, marker, type, encoded } of entries) {
    lines.push(line);
    const skip = (reason: string) => skipped.push({ line, reason });
    if (marker === '@cert-authority') {
      skip(REASONS.authority);
      continue;
    }
    const key = readHostKey(Buffer.from(encoded, 'base64'));
    if (key === null || key.type !== type) skip(REASONS.damaged);
    else if (marker === '@revoked') revoked.push(key);
    else if (marker !== undefined) skip(`Unknown marker ${marker.slice(0, 40)}`);
    else if (!Object.hasOwn(HOST_KEY_ALGORITHMS, type)) skip(`${REASONS.type}: ${type}`);
    else if (!keys.some((each) => each.sha256 === key.sha256)) keys.push(key);
  }
  const isRevoked = (key: HostKey) => revoked.some((each) => each.sha256 === key.sha256);
  return { keys: keys.filter((key) => !isRevoked(key)), revoked, skipped, lines };
}

/** The lines of a known_hosts file that have a key. */
export function* entriesOf(text: string) {
  for (const [index, content] of text.split('\n').entries()) {
    const fields = content.trim().split(/[ \t]+/);
    const marker = fields[0]?.startsWith('@') ? fields.shift() : undefined;
    const [hosts = '', type = '', encoded = ''] = fields;
    if (!hosts.startsWith('#') && encoded !== '') yield { line: index + 1, marker, hosts, type, encoded };
  }
}

/** As the API returns it: `findKnownHostKeys` has left out keys of other types. */
export function readKnownHosts({ text, address, port }: ReadKnownHosts): KnownHostKeys {
  return KnownHostKeysSchema.parse(findKnownHostKeys(text, { address, port }));
}

/** Finds the keys of all saved hosts. Lets other work run between two hosts. @throws INVALID_REQUEST (`text`) as indexKnownHosts */
export async function matchKnownHosts(text: string, saved: readonly Host[]): Promise<KnownHostsMatch> {
  const hosts: object[] = [];
  const about = new Set<number>();
  const index = indexKnownHosts(text, { hosts: saved.length, field: 'text' });
  for (const { id, name, address, port, hostKeys } of saved) {
    if (address === null) continue;
    await setImmediate();
    const { lines, keys, revoked, skipped } = index.find({ address, port });
    if (lines.length === 0) continue;
    for (const line of lines) about.add(line);
    const withAccepted = ({ type, sha256 }: HostKey) => ({
      type,
      sha256,
      accepted: hostKeys.some((each) => each.sha256 === sha256),
    });
    const found = { keys: keys.map(withAccepted), revoked: revoked.map(withAccepted), skipped };
    hosts.push({ id, name, address, port, ...found });
  }
  const otherLines = [...entriesOf(text)].filter(({ line }) => !about.has(line)).length;
  return KnownHostsMatchSchema.parse({ hosts, otherLines });
}

function matchesHost(hosts: string, name: string): boolean {
  if (hosts.startsWith('|')) return matchesHash(hosts, name);
  const patterns = hosts.toLowerCase().split(',');
  const isMatch = (pattern: string) => matchesPattern(pattern, name);
  if (patterns.some((pattern) => pattern.startsWith('!') && isMatch(pattern.slice(1)))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && isMatch(pattern));
}

/** `|1|salt|hash`, with HMAC-SHA1 of the name (ssh_config(5), HashKnownHosts). */
function matchesHash(entry: string, name: string): boolean {
  const [, version, salt = '', hash = ''] = entry.split('|');
  if (version !== '1') return false;
  const expected = Buffer.from(hash, 'base64');
  const found = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return expected.length === found.length && timingSafeEqual(expected, found);
}

/** `*` and `?` as in OpenSSH, in linear time for each star: the last star alone is retried. */
function matchesPattern(pattern: string, name: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  let index = 0;
  while (index < name.length) {
    const character = pattern[at];
    if (character === '*') {
      star = at;
      at += 1;
      resume = index;
    } else if (character !== undefined && (character === '?' || character === name[index])) {
      at += 1;
      index += 1;
    } else if (star !== -1) {
      at = star + 1;
      resume += 1;
      index = resume;
    } else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}
