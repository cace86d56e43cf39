// Converts TXT values to and from the presentation format (RFC 1035 section 5.1) of Cloudflare, Route 53 and Google.

/** `a"b` becomes `"a\"b"`. Values over 255 octets become several strings (RFC 1035 section 3.3.14). */
export function quoteTxt(value: string): string {
  const octets = Buffer.from(value);
  const strings: string[] = [];
  for (let start = 0; start === 0 || start < octets.length; start += 255) {
    strings.push(`"${[...octets.subarray(start, start + 255)].map(escapeOctet).join('')}"`);
  }
  return strings.join(' ');
}

function escapeOctet(octet: number): string {
  if (octet === 0x22 || octet === 0x5c) return `\\${String.fromCharCode(octet)}`;
  return octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : `\\${String(octet).padStart(3, '0')}`;
}

/**
 * Joins the strings of the presentation format to the value that a resolver returns. Text without quotes, or longer than
 * a TXT record can be, is returned unchanged.
 */
export function unquoteTxt(presentation: string): string {
  const text = presentation.trim();
  if (!text.startsWith('"') || text.length > 4 * 65_535) return text; // an octet takes up to four characters
  return Buffer.concat(quotedStrings(text).map(unescapeTxt)).toString('utf8');
}

/** The quoted strings, with their escapes; ignores a string without a closing quote. */
function quotedStrings(text: string): readonly string[] {
  const strings: string[] = [];
  let start: number | null = null;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (start !== null && character === '\\') at += 1;
    else if (character === '"' && start === null) start = at + 1;
    else if (character === '"') {
      strings.push(text.slice(start ?? at, at));
      start = null;
    }
  }
  return strings;
}

function unescapeTxt(content: string): Buffer {
  const parts = content.match(/\\\d{3}|\\.|[^\\]+/gs) ?? [];
  return Buffer.concat(
    parts.map((part) => {
      if (/^\\\d{3}$/.test(part)) return Buffer.of(Number(part.slice(1)) & 0xff);
      return Buffer.from(part.startsWith('\\') ? part.slice(1) : part);
    }),
  );
}
