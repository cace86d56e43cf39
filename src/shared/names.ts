// DNS names as they are given (any case, IDN) and as they are kept (lower-case A-labels, RFC 5890).

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * The A-label form of a host name, or null where it is none that a public CA certifies: two labels or more, LDH
 * labels of at most 63 octets, 253 octets in all, no IP address. A leading `*.` is kept; a trailing dot is refused.
 */
export function toDnsName(input: string): string | null {
  const wildcard = input.startsWith('*.');
  const host = wildcard ? input.slice(2) : input;
  if (host === '' || /[\s/\\?#@:%[\]*]/.test(host)) return null;
  const ascii = toAscii(host);
  if (ascii === null || ascii.length + (wildcard ? 2 : 0) > 253) return null;
  const labels = ascii.split('.');
  if (labels.length < 2 || !labels.every((label) => LABEL.test(label))) return null;
  if (/^\d+$/.test(labels.at(-1) ?? '')) return null; // an IPv4 address, or what URL would take for one
  return wildcard ? `*.${ascii}` : ascii;
}

/** UTS #46 by the URL parser, which browsers and Node share. */
function toAscii(host: string): string | null {
  try {
    return new URL(`http://${host}`).hostname.toLowerCase();
  } catch {
    return null;
  }
}

/** Whether `pattern` (a name of a certificate, perhaps a wildcard) covers `name` (RFC 6125 section 6.4.3). */
export function coversName(pattern: string, name: string): boolean {
  const [p, n] = [pattern.toLowerCase(), name.toLowerCase()];
  if (p === n) return true;
  if (!p.startsWith('*.') || n.startsWith('*.')) return false;
  const dot = n.indexOf('.');
  return dot > 0 && n.slice(dot) === p.slice(1);
}
