// Finds and decodes PEM blocks in pasted text (RFC 7468, and RFC 1421 for keys with traditional encryption). content.ts
// determines what the blocks contain.
import { Buffer } from 'node:buffer';

export interface PemBlock {
  /** `CERTIFICATE`, `RSA PRIVATE KEY` … */
  readonly label: string;
  /**
   * The text from the BEGIN line to the next boundary or the end. Users edit labels and lose END lines, so only the DER
   * shows whether the block is complete.
   */
  readonly body: string;
}

export interface DecodedPem {
  /** RFC 1421 headers (`Proc-Type`, `DEK-Info`), with their names as written. */
  readonly headers: ReadonlyMap<string, string>;
  readonly der: Buffer;
}

/** The label has no length limit, because recheck cannot prove linear time for a pattern with one. */
const BOUNDARY = /-----(BEGIN|END) ([A-Z0-9][A-Z0-9 #]*)-----/gi;
const LONGEST_LABEL = 61;

/**
 * Finds every PEM block of a text, in order, in one pass and linear time. Ignores text around the blocks, indentation,
 * CRLF and a byte order mark.
 */
export function readPemBlocks(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  let open: OpenBlock | null = null;
  for (const match of text.matchAll(BOUNDARY)) {
    const [boundary, kind, name = ''] = match;
    if (name.length > LONGEST_LABEL) continue;
    const [isBegin, label] = [kind?.toUpperCase() === 'BEGIN', name.toUpperCase()];
    if (open !== null) {
      blocks.push(blockOf(open, text.slice(open.start, match.index)));
    }
    const { index } = match;
    open = isBegin ? { label, start: index + boundary.length, prefix: prefixAt(text, index) } : null;
  }
  if (open !== null) blocks.push(blockOf(open, text.slice(open.start)));
  return blocks;
}

interface OpenBlock {
  readonly label: string;
  readonly start: number;
  readonly prefix: string;
}

function blockOf({ label, prefix }: OpenBlock, body: string): PemBlock {
  return { label, body: withoutPrefix(body, prefix) };
}

/** The quotation, comment or diff mark before the BEGIN line, which precedes each line of the block as well. */
function prefixAt(text: string, index: number): string {
  const line =
    text
      .slice(Math.max(0, index - 20), index)
      .split(/[\r\n]/)
      .at(-1) ?? '';
  return /^\s*([>|+#*]{1,5}|\/\/)\s*$/.exec(line)?.[1] ?? '';
}

function withoutPrefix(body: string, prefix: string): string {
  if (prefix === '') return body;
  const lines = body.split('\n').map((line) => line.trimStart());
  return lines.map((line) => (line.startsWith(prefix) ? line.slice(prefix.length) : line)).join('\n');
}

/** Decodes a block; null if it is empty or not base64. */
export function decodePem(block: PemBlock): DecodedPem | null {
  const lines = block.body.split('\n');
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

/** Encodes a block as in RFC 7468 section 3: 64 columns, LF. */
export function toPem(label: string, der: Uint8Array, headers: readonly string[] = []): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  const head = headers.length === 0 ? [] : [...headers, ''];
  return `${[`-----BEGIN ${label}-----`, ...head, ...lines, `-----END ${label}-----`].join('\n')}\n`;
}
