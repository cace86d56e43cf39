// Reads the certificates that a TLS server sent, exactly and in its order, from the bytes on the wire: in the clear up to
// TLS 1.2 (RFC 5246 section 7.4.2), decrypted with the server's handshake secret for TLS 1.3 (RFC 8446 sections 4.4.2, 5.2
// and 7.3). OpenSSL verifies the same bytes.
// Node's own lists are no substitute (docs/adr/0023-read-sent-certificates-from-the-wire.md).
import { type CipherGCMTypes, createDecipheriv, createHmac, hash, type X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { rememberLatest } from '../core/remember-latest.ts';

export interface Transcript {
  /** What the server sent, from the first byte of TLS. */
  readonly received: Buffer;
  /** TLS 1.3: SERVER_HANDSHAKE_TRAFFIC_SECRET of Node's `keylog` event. */
  readonly secret: Buffer | null;
  /** TLS 1.3: IANA's name of the cipher suite. */
  readonly cipher: string | null;
}

/** Most endpoints present the same chain at each check, and on each address. The result is the same object then. */
const latest = rememberLatest<readonly Uint8Array[]>(500);

/** @returns DER, the server's own certificate first; empty if the server has not sent a complete Certificate message */
export function readSentChain({ received, secret, cipher }: Transcript): readonly Uint8Array[] {
  try {
    const parts = secret === null ? readPlaintext(received) : decrypt(received, secret, cipher ?? '');
    const message = findCertificate(Buffer.concat([...parts]));
    if (message === null) return [];
    const form = secret === null ? TLS_1_2 : TLS_1_3;
    return latest(`${form.name} ${hash('sha256', message, 'base64')}`, () => readList(message, form));
  } catch (error) {
    if (error instanceof RangeError) return []; // a length that exceeds the message
    throw error;
  }
}

/** OpenSSL accepts at most 100 KiB of certificates, so a chain never has so many. */
const MAX_SENT = 500;

/**
 * Node's list of the same certificates. Node 24 never frees the memory of those above the first, so this is only for what
 * `readSentChain` cannot read.
 * @returns DER, the server's own certificate first; empty before the server sent its certificates
 */
export function listChain(socket: TLSSocket): readonly Uint8Array[] {
  const chain: Uint8Array[] = [];
  let next: X509Certificate | undefined = socket.getPeerX509Certificate();
  while (next !== undefined && chain.length < MAX_SENT) {
    chain.push(next.raw);
    next = next.issuerCertificate;
  }
  return chain;
}

const CHANGE_CIPHER_SPEC = 20;
const HANDSHAKE = 22;
const APPLICATION_DATA = 23;

interface TlsRecord {
  readonly type: number;
  readonly head: Buffer;
  readonly body: Buffer;
}

function* readRecords(bytes: Buffer): Generator<TlsRecord> {
  for (let at = 0; at + HEAD_BYTES <= bytes.length; ) {
    const start = at + HEAD_BYTES;
    const end = start + bytes.readUInt16BE(at + 3);
    if (end > bytes.length) return;
    yield { type: bytes.readUInt8(at), head: bytes.subarray(at, start), body: bytes.subarray(start, end) };
    at = end;
  }
}

const HEAD_BYTES = 5;

function* readPlaintext(bytes: Buffer): Generator<Buffer> {
  for (const { type, body } of readRecords(bytes)) {
    if (type === CHANGE_CIPHER_SPEC) return;
    if (type === HANDSHAKE) yield body;
  }
}

interface Suite {
  readonly algorithm: CipherGCMTypes | 'chacha20-poly1305';
  readonly keyBytes: number;
  readonly hash: string;
}

/** The cipher suites of TLS 1.3 that Node offers. */
const SUITES: Readonly<Record<string, Suite>> = {
  TLS_AES_128_GCM_SHA256: { algorithm: 'aes-128-gcm', keyBytes: 16, hash: 'sha256' },
  TLS_AES_256_GCM_SHA384: { algorithm: 'aes-256-gcm', keyBytes: 32, hash: 'sha384' },
  TLS_CHACHA20_POLY1305_SHA256: { algorithm: 'chacha20-poly1305', keyBytes: 32, hash: 'sha256' },
};
const TAG_BYTES = 16;
const NONCE_BYTES = 12;

/** The handshake messages after ServerHello. */
function* decrypt(bytes: Buffer, secret: Buffer, cipher: string): Generator<Buffer> {
  const suite = SUITES[cipher];
  if (suite === undefined) return;
  const key = expandLabel(suite, secret, { label: 'key', length: suite.keyBytes });
  const iv = expandLabel(suite, secret, { label: 'iv', length: NONCE_BYTES });
  let sequence = 0n;
  for (const { type, head, body } of readRecords(bytes)) {
    if (type !== APPLICATION_DATA) continue;
    const nonce = Buffer.from(iv);
    nonce.writeBigUInt64BE(nonce.readBigUInt64BE(4) ^ sequence, 4);
    sequence += 1n;
    const inner = open(suite, { key, nonce, head, body });
    if (inner === null) return;
    const end = inner.findLastIndex((octet) => octet !== 0); // the type follows the content, then padding
    if (inner[end] === HANDSHAKE) yield inner.subarray(0, end);
  }
}

/** @returns null if the record has the keys of the application data, which follows the handshake */
function open(
  { algorithm }: Suite,
  { key, nonce, head, body }: Record<'key' | 'nonce' | 'head' | 'body', Buffer>,
): Buffer | null {
  const length = body.length - TAG_BYTES;
  if (length < 0) return null;
  const options = { authTagLength: TAG_BYTES };
  const decipher = createDecipheriv(algorithm as CipherGCMTypes, key, nonce, options);
  decipher.setAAD(head, { plaintextLength: length });
  decipher.setAuthTag(body.subarray(length));
  try {
    return Buffer.concat([decipher.update(body.subarray(0, length)), decipher.final()]);
  } catch {
    return null;
  }
}

/** HKDF-Expand-Label of RFC 8446 section 7.1 without a context, for at most one block. */
function expandLabel(
  { hash: algorithm }: Suite,
  secret: Buffer,
  { label, length }: { readonly label: string; readonly length: number },
): Buffer {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.from([0, length, name.length]), name, Buffer.from([0, 1])]);
  return createHmac(algorithm, secret).update(info).digest().subarray(0, length);
}

const CERTIFICATE = 11;

/** The body of the first Certificate message; null if it is not there, or not complete. */
function findCertificate(handshake: Buffer): Buffer | null {
  for (let at = 0; at + 4 <= handshake.length; ) {
    const end = at + 4 + handshake.readUIntBE(at + 1, 3);
    if (end > handshake.length) return null;
    if (handshake[at] === CERTIFICATE) return handshake.subarray(at + 4, end);
    at = end;
  }
  return null;
}

interface Form {
  readonly name: string;
  /** Octets of the length of certificate_request_context, and of that of each entry's extensions. */
  readonly contextBytes: 0 | 1;
  readonly extensionBytes: 0 | 2;
}

const TLS_1_2: Form = { name: '1.2', contextBytes: 0, extensionBytes: 0 };
const TLS_1_3: Form = { name: '1.3', contextBytes: 1, extensionBytes: 2 };

/** @throws RangeError: a length exceeds the message */
function readList(message: Buffer, { contextBytes, extensionBytes }: Form): readonly Uint8Array[] {
  const start = contextBytes === 0 ? 0 : 1 + message.readUInt8(0);
  const end = start + 3 + message.readUIntBE(start, 3);
  const chain: Uint8Array[] = [];
  for (let at = start + 3; at < end; ) {
    const length = message.readUIntBE(at, 3);
    const next = at + 3 + length;
    if (next > message.length) throw new RangeError('a certificate exceeds the message');
    chain.push(Buffer.from(message.subarray(at + 3, next))); // a copy: the message is part of a larger buffer
    at = next + (extensionBytes === 0 ? 0 : 2 + message.readUInt16BE(next));
  }
  return chain;
}
