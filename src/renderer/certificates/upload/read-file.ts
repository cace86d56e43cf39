// What a dropped file or pasted text is: PEM blocks, DER, PFX, or nothing of use. Only a first look, so that nonsense
// gets a clear word at once; the server judges what is taken.
import { messages } from '../../messages.ts';

const text = messages.upload;

/** What a file brings. Keys are secrets: this lives in the form's state and nowhere else. */
export type Part =
  | { readonly kind: 'pem'; readonly certificates: readonly string[]; readonly key: string | null }
  | { readonly kind: 'key'; readonly base64: string }
  | { readonly kind: 'pfx'; readonly base64: string };

export type Read = { readonly part: Part } | { readonly problem: string };

/** With base64 and the rest of the request it stays under the server's 1 MiB. */
export const MAX_BYTES = 700_000;

export async function readGivenFile(file: Pick<File, 'name' | 'size' | 'arrayBuffer'>): Promise<Read> {
  if (file.size > MAX_BYTES) return { problem: text.wrong.large(file.name) };
  return readBytes(file.name, new Uint8Array(await file.arrayBuffer()));
}

export function readBytes(name: string, bytes: Uint8Array): Read {
  if (bytes.length === 0) return { problem: text.wrong.empty(name) };
  const words = new TextDecoder('latin1').decode(bytes);
  return words.includes('-----BEGIN ') ? readPem(name, words) : readDer(name, bytes);
}

interface Block {
  readonly block: string;
  readonly label: string;
}

/** In one pass, whatever stands around the blocks. */
function readBlocks(words: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: { readonly label: string; readonly start: number } | null = null;
  for (const match of words.matchAll(/-----(BEGIN|END) ([A-Z0-9][A-Z0-9 ]{0,60})-----/g)) {
    const [boundary, kind, label = ''] = match;
    if (kind === 'BEGIN') open = { label, start: match.index };
    else if (open?.label === label) {
      blocks.push({ block: words.slice(open.start, match.index + boundary.length), label });
      open = null;
    }
  }
  return blocks;
}

/** RFC 7468; OpenSSL's `TRUSTED CERTIFICATE` and the like are left to the server. */
export function readPem(name: string, words: string): Read {
  const blocks = readBlocks(words);
  const certificates = blocks.filter(({ label }) => label.endsWith('CERTIFICATE')).map(({ block }) => block);
  const keys = blocks.filter(({ label }) => label.endsWith('PRIVATE KEY')).map(({ block }) => block);
  if (keys.length > 1) return { problem: text.wrong.twoKeys(name) };
  const [key = null] = keys;
  if (certificates.length > 0 || key !== null) return { part: { kind: 'pem', certificates, key } };
  const labels = blocks.map(({ label }) => label);
  if (labels.some((label) => label.endsWith('CERTIFICATE REQUEST')))
    return { problem: text.wrong.request(name) };
  if (labels.some((label) => label.endsWith('PUBLIC KEY'))) return { problem: text.wrong.publicKey(name) };
  if (labels.includes('PKCS7')) return { problem: text.wrong.pkcs7(name) };
  return { problem: text.wrong.unknown(name) };
}

/**
 * By the first members of the outer SEQUENCE (X.690): PFX (RFC 7292) begins with version 3, private keys (RFC 5958,
 * RFC 8017, RFC 5915) with version 0 or 1, encrypted ones with an algorithm, certificates with a SEQUENCE of their own.
 */
function readDer(name: string, bytes: Uint8Array): Read {
  const unknown = { problem: text.wrong.unknown(name) };
  const inner = contentOf(bytes, 0);
  if (bytes[0] !== 0x30 || inner === null) return unknown;
  const base64 = toBase64(bytes);
  if (bytes[inner] === 0x02) {
    const version = bytes[inner + 2];
    if (version === 3) return { part: { kind: 'pfx', base64 } };
    return version === 0 || version === 1 ? { part: { kind: 'key', base64 } } : unknown;
  }
  if (bytes[inner] === 0x06) return { problem: text.wrong.pkcs7(name) };
  const first = bytes[inner] === 0x30 ? contentOf(bytes, inner) : null;
  if (first === null) return unknown;
  if (bytes[first] === 0x06) return { part: { kind: 'key', base64 } };
  const lines = base64.replace(/.{64}(?=.)/g, '$&\n');
  const pem = `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----`;
  return { part: { kind: 'pem', certificates: [pem], key: null } };
}

/** Where the content of the element at `at` begins; null where there is none. */
function contentOf(bytes: Uint8Array, at: number): number | null {
  const length = bytes[at + 1];
  if (length === undefined || length > 0x84) return null;
  const start = at + 2 + (length < 0x80 ? 0 : length - 0x80);
  return start < bytes.length ? start : null;
}

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
