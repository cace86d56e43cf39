// Converts DNS names from input (any case, IDN) to the stored form: lower-case A-labels (RFC 5890).
import { isIpAddress } from './ip-address.ts';
import { isALabel } from './punycode.ts';

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Converts a host name to A-labels: LDH labels of at most 63 octets, 253 octets in total. Keeps a leading `*.` and
 * drops a trailing dot. Accepts a name of one label, for private CAs.
 * @returns null if the input is not a host name, or is an IP address
 */
export function toDnsName(input: string): string | null {
  const wildcard = input.startsWith('*.');
  const host = (wildcard ? input.slice(2) : input).replace(/\.$/, '');
  if (host === '' || /[\s/\\?#@:%[\]*]/.test(host)) return null;
  const ascii = toAscii(host);
  if (ascii === null || ascii.length + (wildcard ? 2 : 0) > 253) return null;
  const labels = ascii.split('.');
  if (!labels.every((label) => LABEL.test(label) && (!label.startsWith('xn--') || isALabel(label))))
    return null;
  if (/^\d+$/.test(labels.at(-1) ?? '')) return null; // an IPv4 address, or text that URL parses as one
  return wildcard ? `*.${ascii}` : ascii;
}

/** Whether a name is a host name without a dot. Public CAs issue none (CA/Browser Forum Baseline Requirements, section 4.2.2). */
export function isSingleLabel(name: string): boolean {
  return !name.replace(/^\*\./, '').includes('.') && !isIpAddress(name);
}

/** Explains why `toDnsName` rejects a name. @returns the predicate of a sentence that begins "The name …" */
export function explainName(input: string): string {
  const host = toHostName(input);
  if (host !== null) return `is not a valid host name. Did you mean ${host}?`;
  if (/[\s,;]/.test(input)) return 'contains a space or a separator. Enter each name separately';
  if ((input.includes(':') && /^\[?[0-9a-f:.]+\]?$/i.test(input)) || /^[\d.]+$/.test(input))
    return 'is an IP address. Enter a host name';
  if (input.includes('_') && toDnsName(input.replaceAll('_', '-')) !== null)
    return 'contains an underscore, which CAs do not accept (CA/Browser Forum Baseline Requirements). Use a name with a hyphen, or a wildcard that covers it';
  const encoded = /(?:^|\.)(xn--[^.]*)/i.exec(input)?.[1]?.toLowerCase();
  if (encoded !== undefined && !isALabel(encoded))
    return `contains the invalid Punycode label ${encoded.slice(0, 63)}. Enter the name in its own script`;
  if (input.includes('*'))
    return 'is not a valid wildcard. Use * only as the whole first label: *.example.com';
  return 'is not a valid host name. Use a name such as shop.example.com or *.example.com';
}

/**
 * Extracts the host name from pasted text: a URL, `host:port` or an email address.
 * @returns null if the text is none of these
 */
function toHostName(input: string): string | null {
  return toDnsName(hostInText(input) ?? '');
}

/** The host in a URL, `host:port` or an email address, IPv6 in brackets; null if the text is none of these. */
export function hostInText(input: string): string | null {
  const withoutScheme = /^[a-z][a-z0-9+.-]*:\/\/(.*)$/i.exec(input)?.[1] ?? input;
  const isPlain = withoutScheme === input;
  if (isPlain && !/^(?:\[[^\s\]]+\]|[^\s/:@]+)(:\d+|[/?#].*)|^[^\s/:@]+@/.test(input)) return null;
  return URL.parse(`http://${withoutScheme}`)?.hostname ?? null;
}

/** Applies UTS #46 through the URL parser, which browsers and Node share. */
function toAscii(host: string): string | null {
  try {
    return new URL(`http://${host}`).hostname.toLowerCase();
  } catch {
    return null;
  }
}

/**
 * Whether `pattern`, a name in a certificate, possibly a wildcard, covers `name` (RFC 9525 section 6.3). An IP address is
 * covered only by the same address (section 6.4), and both must be in canonical form.
 */
export function coversName(pattern: string, name: string): boolean {
  const [p, n] = [pattern.toLowerCase(), name.toLowerCase()];
  if (p === n) return true;
  if (!p.startsWith('*.') || n.startsWith('*.') || isIpAddress(n)) return false;
  const dot = n.indexOf('.');
  return dot > 0 && n.slice(dot) === p.slice(1);
}
