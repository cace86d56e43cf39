// Normalizes names in DNS providers' responses for comparison: lower-case A-labels, no trailing dot.
import { domainToASCII } from 'node:url';

/**
 * Normalizes a zone, record or host name. Providers return names with a trailing dot, in upper case, with Unicode labels
 * (Cloudflare's zones) or with octal escapes (Route 53).
 * @returns the name as in DNS; if IDNA rejects it, only lower-cased
 */
export function readAnsweredName(text: string): string {
  const bare = text
    .trim()
    .replace(/\\([0-3][0-7]{2})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    .replace(/\.$/, '');
  const isAscii = /^[\x21-\x7e]*$/.test(bare);
  // Only Unicode names need IDNA, which rejects some names that DNS allows.
  return (isAscii ? bare : domainToASCII(bare) || bare).toLowerCase();
}
