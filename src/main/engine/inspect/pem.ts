// PEM texts (RFC 7468 and the older form of RFC 1421 that encrypted keys still use): finds the blocks of a text that
// people paste, decodes them, and says what a text is that holds none of the wanted kind.
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
  for (const match of text.matchAll(/-----(BEGIN|END) ([A-Z0-9][A-Z0-9 ]{0,60})-----/g)) {
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

const INSTEAD: readonly (readonly [RegExp, string])[] = [
  [/^(X509 |TRUSTED )?CERTIFICATE$/, 'it holds a certificate'],
  [/PRIVATE KEY$/, 'it holds a private key'],
  [
    /CERTIFICATE REQUEST$/,
    'it holds a certificate signing request (CSR); the CA answers one with the certificate',
  ],
  [/PUBLIC KEY$/, 'it holds a public key alone'],
  [/^(PKCS7|CMS)$/, 'it holds PKCS#7 (.p7b): unpack it with `openssl pkcs7 -print_certs`'],
  [/^X509 CRL$/, 'it holds a revocation list'],
];

/**
 * The second half of the sentence "This is no certificate: …" for a text that lacks what is wanted.
 * @param text The text as given; of it only the kind is told, never a part of its content.
 */
export function describeContent(text: string, blocks: readonly PemBlock[]): string {
  for (const { label } of blocks) {
    const known = INSTEAD.find(([pattern]) => pattern.test(label));
    if (known !== undefined) return known[1];
  }
  const start = text.slice(0, 400).trim();
  if (start === '') return 'it is empty';
  if (blocks.length > 0) return `it holds a PEM block of another kind (${blocks[0]?.label})`;
  // 0x30, then a length of two or more octets, read as Latin-1 or as UTF-8
  if (/^0[\u0080-\u0084\ufffd]/.test(start)) {
    return 'it is binary (DER or PKCS#12), not PEM: convert it with `openssl x509 -inform DER`, or import it as a file';
  }
  if (/^M[A-Za-z0-9+/=\s]{40,}$/.test(start)) {
    return 'it looks like the inside of a PEM block: the lines -----BEGIN …----- and -----END …----- are missing';
  }
  return 'it is not PEM, which begins with a line -----BEGIN …-----';
}
