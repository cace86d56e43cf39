// Undoes what mail programs, web pages, shells and configuration files do to the text of a PEM file.

/** Invisible characters in UTF-8, read as Latin-1: no-break space, zero-width characters, byte order mark. */
const INVISIBLE = /\xc2\xa0|\xe2\x80[\x8b-\x8f]|\xe2\x81\xa0|\xef\xbb\xbf/g;
/** Unicode's line and paragraph separators in UTF-8, read as Latin-1. */
const SEPARATOR = /\xe2\x80[\xa8\xa9]/g;

/**
 * Restores the original text as far as possible: undoes escaped line ends (even if escaped repeatedly), HTML line breaks,
 * percent-encoding and quoted-printable, and removes invisible characters.
 * @param text One character per octet.
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

/** Decodes percent-encoding, and form encoding, where a plus sign stands for a space. */
function decodePercent(text: string): string {
  try {
    return decodeURIComponent(/BEGIN\+/i.test(text) ? text.replaceAll('+', ' ') : text);
  } catch {
    return text;
  }
}

/** RFC 2045 section 6.7: an equals sign is encoded as `=3D`, so one at the end of a line is a soft line break. */
function decodeQuotedPrintable(text: string): string {
  return text
    .replace(/=\r?\n/g, '')
    .replace(/=0D/gi, '')
    .replace(/=0A/gi, '\n')
    .replace(/=3D/gi, '=');
}

/** Decodes hexadecimal digits with spaces, colons or line ends between them; null for any other text. */
export function decodeHex(text: string): Buffer | null {
  const digits = text.replace(/[\s:]/g, '');
  if (digits.length < 128 || digits.length % 2 === 1 || !/^30[0-9a-f]*$/i.test(digits)) return null;
  return Buffer.from(digits, 'hex');
}
