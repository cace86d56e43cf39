// PEM texts (RFC 7468 and the older form of RFC 1421 that encrypted keys still use): finds the blocks of a text that
// people paste, and decodes them. content.ts says what they are.
import { Buffer } from 'node:buffer';

export interface PemBlock {
  /** `CERTIFICATE`, `RSA PRIVATE KEY` … */
  readonly label: string;
  /** What stands between the BEGIN and END lines; null where the END line is missing or of another label. */
  readonly body: string | null;
}

export interface DecodedPem {
  /** RFC 1421 headers (`Proc-Type`, `DEK-Info`), by their names as written. */
  readonly headers: ReadonlyMap<string, string>;
  readonly der: Buffer;
}

/**
 * Every PEM block of a text, in order. Text around the blocks, indentation, CRLF and a byte order mark do not matter.
 * One pass: a boundary is at most some 80 characters, so that noise of any length costs linear time.
 */
export function readPemBlocks(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  let open: { readonly label: string; readonly start: number } | null = null;
  for (const match of text.matchAll(/-----(BEGIN|END) ([A-Z0-9][A-Z0-9 #]{0,60})-----/g)) {
    const [boundary, kind, label = ''] = match;
    if (open !== null) {
      const closes = kind === 'END' && label === open.label;
      blocks.push({ label: open.label, body: closes ? text.slice(open.start, match.index) : null });
    }
    open = kind === 'BEGIN' ? { label, start: match.index + boundary.length } : null;
  }
  if (open !== null) blocks.push({ label: open.label, body: null });
  return blocks;
}

/** The bytes and headers of a block, or null where it is cut off, empty or not base64. Escaped line ends (`\n`) count as line ends. */
export function decodePem(block: PemBlock): DecodedPem | null {
  if (block.body === null) return null;
  const lines = block.body.replaceAll('\\r', '').replaceAll('\\n', '\n').split('\n');
  const headers = new Map<string, string>();
  const data: string[] = [];
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0 && data.length === 0)
      headers.set(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
    else if (line.trim() !== '') data.push(line);
  }
  const base64 = data.join('').replace(/\s+/g, '');
  if (base64 === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return null;
  return { headers, der: Buffer.from(base64, 'base64') };
}

/** A block as RFC 7468 section 3 writes it: 64 columns, LF. */
export function toPem(label: string, der: Uint8Array, headers: readonly string[] = []): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  const head = headers.length === 0 ? [] : [...headers, ''];
  return `${[`-----BEGIN ${label}-----`, ...head, ...lines, `-----END ${label}-----`].join('\n')}\n`;
}
