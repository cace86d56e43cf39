// PEM texts (RFC 7468 and the older form of RFC 1421 that encrypted keys still use): finds the blocks of a text that
// people paste, and decodes them. content.ts says what they are.
import { Buffer } from 'node:buffer';

export interface PemBlock {
  /** `CERTIFICATE`, `RSA PRIVATE KEY` … */
  readonly label: string;
  /**
   * What stands between the BEGIN line and the next boundary or the end. Whether it is whole, its DER tells: people
   * change labels by hand, and lose the END line.
   */
  readonly body: string;
}

export interface DecodedPem {
  /** RFC 1421 headers (`Proc-Type`, `DEK-Info`), by their names as written. */
  readonly headers: ReadonlyMap<string, string>;
  readonly der: Buffer;
}

/** No bound on the label: with one, recheck cannot prove that the pattern takes linear time. */
const BOUNDARY = /-----(BEGIN|END) ([A-Z0-9][A-Z0-9 #]*)-----/gi;
const LONGEST_LABEL = 61;

/**
 * Every PEM block of a text, in order. Text around the blocks, indentation, CRLF and a byte order mark do not matter.
 * One pass, in linear time, whatever the noise.
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
  /** What stands before the BEGIN line. */
  readonly prefix: string;
}

function blockOf({ label, prefix }: OpenBlock, body: string): PemBlock {
  return { label, body: withoutPrefix(body, prefix) };
}

/** The mark of a quotation, a comment or a difference before the BEGIN line, which each line of the block has too. */
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

/** The bytes and headers of a block, or null where it is cut off, empty or not base64. */
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

/** A block as RFC 7468 section 3 writes it: 64 columns, LF. */
export function toPem(label: string, der: Uint8Array, headers: readonly string[] = []): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  const head = headers.length === 0 ? [] : [...headers, ''];
  return `${[`-----BEGIN ${label}-----`, ...head, ...lines, `-----END ${label}-----`].join('\n')}\n`;
}
