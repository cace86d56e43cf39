// Parses IP addresses into their canonical form: dotted decimal for IPv4, RFC 5952 for IPv6. Certdesk stores and compares
// only that form. Without node:net, so that the page can use it.

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
/** URL.parse removes white space and accepts brackets and zones, so they are excluded first. */
const IPV6_TEXT = /^[0-9a-f:.]{2,45}$/i;
const MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/**
 * @param input IPv4 in dotted decimal without leading zeros, or IPv6 in any form of RFC 4291 section 2.2, also in brackets
 * @returns the canonical text, such as `2001:db8::1`; IPv4-mapped addresses are `::ffff:192.0.2.1` (RFC 5952 section 5);
 * null if the input is not an address. A zone (`%eth0`) belongs to one machine, so an address with one is null too.
 */
export function toIpAddress(input: string): string | null {
  if (IPV4.test(input)) return input;
  const text = /^\[(.*)\]$/.exec(input)?.[1] ?? input;
  if (!text.includes(':') || !IPV6_TEXT.test(text)) return null;
  const address = URL.parse(`http://[${text}]`)?.hostname.slice(1, -1);
  if (address === undefined) return null;
  const [, high, low] = MAPPED.exec(address) ?? [];
  return high === undefined || low === undefined ? address : `::ffff:${toDotted(high)}.${toDotted(low)}`;
}

/** Whether the text is an IP address in any form that `toIpAddress` accepts. Host names never are. */
export function isIpAddress(text: string): boolean {
  return toIpAddress(text) !== null;
}

/** The IPv4 address of an IPv4-mapped IPv6 address (`::ffff:192.0.2.1`), or null. @param address Canonical. */
export function mappedIpv4(address: string): string | null {
  const inner = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : '';
  return IPV4.test(inner) ? inner : null;
}

/**
 * Explains why no server can have the address (RFC 1122 section 3.2.1.3, RFC 4291 section 2).
 * @param address Canonical.
 * @returns the predicate of a sentence; null if a server can have it
 */
export function explainUnusable(address: string): string | null {
  const octets = toOctets(mappedIpv4(address) ?? address);
  const [first = 0] = octets;
  const isIpv4 = octets.length === 4;
  const kind = octets.every((octet) => octet === 0)
    ? 'the unspecified address'
    : isIpv4 && octets.every((octet) => octet === 255)
      ? 'the broadcast address'
      : (isIpv4 ? first >= 224 && first < 240 : first === 255)
        ? 'a multicast address'
        : null;
  return kind === null ? null : `is ${kind}, which no server has. Enter the address to which clients connect`;
}

/** The 4 or 16 octets of an address in network order. @param address Canonical. */
export function toOctets(address: string): readonly number[] {
  if (IPV4.test(address)) return address.split('.').map(Number);
  // URL converts every IPv6 address to hexadecimal groups, even one with a dotted IPv4 part.
  const text = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail = ''] = text.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const missing = 8 - groups(head).length - groups(tail).length;
  const all = text.includes('::')
    ? [...groups(head), ...Array<string>(missing).fill('0'), ...groups(tail)]
    : groups(text);
  return all.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]);
}

/** Formats octets as the canonical address; null if there are neither 4 nor 16. */
export function fromOctets(octets: Iterable<number>): string | null {
  const all = [...octets];
  if (all.length === 4) return all.join('.');
  if (all.length !== 16) return null;
  const hex = all.map((octet) => octet.toString(16).padStart(2, '0')).join('');
  return toIpAddress((hex.match(/.{4}/g) ?? []).join(':'));
}

/** A host as in a URL or a Host header: IPv6 in brackets (RFC 3986 section 3.2.2). */
export function toUrlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** A domain as a part of a path: without `*.`, and with `_` for the colons of IPv6, which many tools do not take. */
export function toPathPart(domain: string): string {
  return domain.replace(/^\*\./, '').replaceAll(':', '_');
}

function toDotted(group: string): string {
  const value = Number.parseInt(group, 16);
  return `${value >> 8}.${value & 0xff}`;
}
