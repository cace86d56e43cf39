// TXT values in the presentation format (RFC 1035 section 5.1), which Cloudflare, Route 53 and Google Cloud DNS want.

/** `a"b` becomes `"a\"b"`; longer than 255 octets, several strings (RFC 1035 section 3.3.14). */
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

/** The value as a resolver shows it: the strings of the presentation format joined. Text without quotes stays. */
export function unquoteTxt(presentation: string): string {
  const text = presentation.trim();
  if (!text.startsWith('"')) return text;
  const strings = [...text.matchAll(/"((?:[^"\\]|\\.)*)"/gs)].map((match) => unescapeTxt(match[1] ?? ''));
  return Buffer.concat(strings).toString('utf8');
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
