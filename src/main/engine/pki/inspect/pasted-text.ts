// Removes what mail programs, web pages, shells and configuration files add to the text of a PEM file on its way.

/** UTF-8, read as Latin-1, of characters that nobody sees: no-break space, zero-width ones, byte order mark. */
const INVISIBLE = /\xc2\xa0|\xe2\x80[\x8b-\x8f]|\xe2\x81\xa0|\xef\xbb\xbf/g;
/** The same of the line and paragraph separators of Unicode. */
const SEPARATOR = /\xe2\x80[\xa8\xa9]/g;

/**
 * @param text One character an octet.
 * @returns the text as its author had it, as far as that can be told: line ends that were escaped more than once,
 * HTML line breaks, percent-encoding, quoted-printable and invisible characters are undone.
 */
export function cleanPastedText(text: string): string {
  let cleaned = text;
  if (/-----BEGIN(?:%20|\+)/i.test(cleaned)) cleaned = decodePercent(cleaned);
  if (/=(?:3D|0A|0D)/i.test(cleaned)) cleaned = decodeQuotedPrintable(cleaned);
  return cleaned
    .replace(SEPARATOR, '\n')
    .replace(INVISIBLE, '')
    .replace(/<(?:br|p|div|\/p|\/div) ?\/?>/gi, '\n')
    .replace(/&nbsp;/gi, ' ')
    .replace(/&#1[03];/g, '\n')
    .replace(/\\{1,8}r/g, '')
    .replace(/\\{1,8}n/g, '\n');
}

/** As in an address or a form, where a space is a plus sign. */
function decodePercent(text: string): string {
  try {
    return decodeURIComponent(/BEGIN\+/i.test(text) ? text.replaceAll('+', ' ') : text);
  } catch {
    return text;
  }
}

/** RFC 2045 section 6.7: each equals sign is `=3D`, so that one at the end of a line only continues it. */
function decodeQuotedPrintable(text: string): string {
  return text
    .replace(/=\r?\n/g, '')
    .replace(/=0D/gi, '')
    .replace(/=0A/gi, '\n')
    .replace(/=3D/gi, '=');
}

/** Octets as hexadecimal digits, with spaces, colons or line ends between them; null where the text is something else. */
export function decodeHex(text: string): Buffer | null {
  const digits = text.replace(/[\s:]/g, '');
  if (digits.length < 128 || digits.length % 2 === 1 || !/^30[0-9a-f]*$/i.test(digits)) return null;
  return Buffer.from(digits, 'hex');
}
