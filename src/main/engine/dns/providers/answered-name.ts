// Names as DNS providers write them, in the one form that Certdesk compares: lower-case A-labels, no trailing dot.
import { domainToASCII } from 'node:url';

/**
 * Reads a zone, record or host name of a provider's answer. Providers write the same name with a trailing dot, in
 * upper case, with Unicode labels (Cloudflare's zones) or with octal escapes (Route 53).
 * @returns the name as DNS has it; lower-cased only, where IDNA does not know it.
 */
export function readAnsweredName(text: string): string {
  const bare = text
    .trim()
    .replace(/\\([0-3][0-7]{2})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    .replace(/\.$/, '');
  const isAscii = /^[\x21-\x7e]*$/.test(bare);
  // Only Unicode needs IDNA, which would refuse names that DNS allows.
  return (isAscii ? bare : domainToASCII(bare) || bare).toLowerCase();
}
