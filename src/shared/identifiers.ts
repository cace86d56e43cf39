// The names of a certificate as ACME identifiers: host names (RFC 8555 section 7.1.3) and IP addresses (RFC 8738).
import { explainUnusable, isIpAddress, mappedIpv4, toIpAddress } from './ip-address.ts';
import { explainName, hostInText, toDnsName } from './names.ts';

export interface Identifier {
  readonly type: 'dns' | 'ip';
  /** A-labels, possibly a wildcard; or an IP address in canonical form, without brackets. */
  readonly value: string;
}

/** Converts a name that a server may have to the stored form: a host name or an IP address. @returns null for others */
export function toName(input: string): string | null {
  const address = toIpAddress(input);
  if (address !== null)
    return mappedIpv4(address) === null && explainUnusable(address) === null ? address : null;
  return toDnsName(input);
}

/** Extracts the name from pasted text: a URL, `host:port` or an email address. @returns null if the text is none of these */
export function findName(text: string): string | null {
  return networkIn(text) === null ? toName(hostInText(text) ?? '') : null;
}

/** The address of a network (`192.0.2.0/24`), which the URL parser takes for a path. */
function networkIn(text: string): string | null {
  return toIpAddress(/^(\S+)\/\d{1,3}$/.exec(text)?.[1] ?? '');
}

/** @param name In the stored form (`toName`). */
export function toIdentifier(name: string): Identifier {
  return { type: isIpAddress(name) ? 'ip' : 'dns', value: name };
}

/** Explains why `toName` rejects a name. @returns the predicate of a sentence that begins "The name …" */
export function explainInvalidName(input: string): string {
  const address = toIpAddress(input);
  if (address !== null) {
    const unusable = explainUnusable(address);
    if (unusable !== null) return unusable;
    const mapped = mappedIpv4(address);
    if (mapped !== null) return `is an IPv4-mapped IPv6 address. Enter the IPv4 address: ${mapped}`;
  }
  if (toIpAddress(input.split('%')[0] ?? '') !== null && input.includes('%'))
    return 'is an IP address with a zone, which only has a meaning on one machine. Certificates have addresses without zones';
  const network = networkIn(input);
  if (network !== null) {
    const example = explainUnusable(network) === null ? network : '192.0.2.1';
    return `is a network. A certificate is for single addresses, such as ${example}`;
  }
  const pasted = toIpAddress(hostInText(input) ?? '');
  if (pasted !== null) return explainUnusable(pasted) ?? `is not a valid name. Did you mean ${pasted}?`;
  if (input.startsWith('*.') && isIpAddress(input.slice(2)))
    return 'is a wildcard of an IP address, which does not exist. Enter each address';
  const numbers = URL.parse(`http://${input}`)?.hostname ?? '';
  if (/^[\d.]+$/.test(input))
    return isIpAddress(numbers) && explainUnusable(numbers) === null
      ? `is not a valid IP address. Did you mean ${numbers}?`
      : 'is not a valid IP address. Use four numbers from 0 to 255, such as 192.0.2.1';
  if (/^\[?[0-9a-f:.]*\]?$/i.test(input) && input.split(':').length > 2)
    return 'is not a valid IPv6 address. Use a form such as 2001:db8::1';
  return explainName(input);
}

/** The search text as it is in the stored names: IPv6 addresses and their beginnings in canonical form. */
export function toSearchText(text: string): string {
  const trimmed = text.trim();
  const address = toIpAddress(trimmed);
  if (address !== null) return address;
  if (!/^\[?[0-9a-f]{0,4}(:[0-9a-f]{0,4})+\]?$/i.test(trimmed)) return text;
  return trimmed.replace(/[[\]]/g, '').replace(/\b0+(?=[0-9a-f])/gi, '');
}
