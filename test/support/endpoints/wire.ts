// Reads the Certificate message from the bytes that a TLS server sent: in the clear for TLS 1.2 (RFC 5246 section 7.4.2),
// decrypted with the server's handshake secret for TLS 1.3 (RFC 8446 sections 4.4.2, 5.2 and 7.3).
import { createDecipheriv, createHmac } from 'node:crypto';

const CHANGE_CIPHER_SPEC = 20;
const HANDSHAKE = 22;
const APPLICATION_DATA = 23;
const CERTIFICATE = 11;
const TAG_BYTES = 16;

interface TlsRecord {
  readonly type: number;
  readonly head: Buffer;
  readonly body: Buffer;
}

function* records(bytes: Buffer): Generator<TlsRecord> {
  for (let at = 0; at + 5 <= bytes.length; ) {
    const end = at + 5 + bytes.readUInt16BE(at + 3);
    if (bytes[at + 1] !== 3) throw new Error('not TLS');
    if (end > bytes.length) return;
    yield { type: bytes.readUInt8(at), head: bytes.subarray(at, at + 5), body: bytes.subarray(at + 5, end) };
    at = end;
  }
}

/** The body of the first Certificate message. */
function findCertificate(handshake: Buffer): Buffer {
  for (let at = 0; at + 4 <= handshake.length; ) {
    const end = at + 4 + handshake.readUIntBE(at + 1, 3);
    if (handshake[at] === CERTIFICATE) return handshake.subarray(at + 4, end);
    at = end;
  }
  throw new Error('no Certificate message');
}

/** @returns the DER certificates of a TLS 1.2 server, in the order sent */
export function readTls12(bytes: Buffer): readonly Buffer[] {
  const plain: Buffer[] = [];
  for (const { type, body } of records(bytes)) {
    if (type === CHANGE_CIPHER_SPEC) break;
    if (type === HANDSHAKE) plain.push(body);
  }
  return [...entries(findCertificate(Buffer.concat(plain)), 0, 0)];
}

/** Key length and hash of the cipher suites that Node offers. */
const SUITES: Readonly<
  Record<
    string,
    readonly [cipher: 'aes-128-gcm' | 'aes-256-gcm' | 'chacha20-poly1305', bytes: number, hash: string]
  >
> = {
  TLS_AES_128_GCM_SHA256: ['aes-128-gcm', 16, 'sha256'],
  TLS_AES_256_GCM_SHA384: ['aes-256-gcm', 32, 'sha384'],
  TLS_CHACHA20_POLY1305_SHA256: ['chacha20-poly1305', 32, 'sha256'],
};

/** @param secret SERVER_HANDSHAKE_TRAFFIC_SECRET of the key log. @param suite IANA's name. */
export function readTls13(bytes: Buffer, secret: Buffer, suite: string): readonly Buffer[] {
  const [cipher, keyBytes, hash] = SUITES[suite] ?? SUITES.TLS_AES_128_GCM_SHA256 ?? [];
  if (cipher === undefined || keyBytes === undefined || hash === undefined) throw new Error(suite);
  const key = expandLabel(hash, secret, 'key', keyBytes);
  const iv = expandLabel(hash, secret, 'iv', 12);
  const plain: Buffer[] = [];
  let sequence = 0n;
  for (const { type, head, body } of records(bytes)) {
    if (type !== APPLICATION_DATA) continue;
    const nonce = Buffer.from(iv);
    nonce.writeBigUInt64BE(nonce.readBigUInt64BE(4) ^ sequence, 4);
    sequence += 1n;
    const length = body.length - TAG_BYTES;
    const open = createDecipheriv(cipher as 'aes-128-gcm', key, nonce, { authTagLength: TAG_BYTES });
    open.setAAD(head, { plaintextLength: length });
    open.setAuthTag(body.subarray(length));
    let inner: Buffer;
    try {
      inner = Buffer.concat([open.update(body.subarray(0, length)), open.final()]);
    } catch {
      break; // from here on with the application's keys
    }
    const end = inner.findLastIndex((octet) => octet !== 0);
    if (inner[end] === HANDSHAKE) plain.push(inner.subarray(0, end));
  }
  const message = findCertificate(Buffer.concat(plain));
  return [...entries(message, 1 + message.readUInt8(0), 2)];
}

/** @param extensionBytes Octets of the length of each entry's extensions. */
function* entries(message: Buffer, start: number, extensionBytes: 0 | 2): Generator<Buffer> {
  const end = start + 3 + message.readUIntBE(start, 3);
  for (let at = start + 3; at < end; ) {
    const length = message.readUIntBE(at, 3);
    yield message.subarray(at + 3, at + 3 + length);
    at += 3 + length;
    if (extensionBytes === 2) at += 2 + message.readUInt16BE(at);
  }
}

/** HKDF-Expand-Label of RFC 8446 section 7.1 without a context, for at most one block. */
function expandLabel(hash: string, secret: Buffer, label: string, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.from([0, length, name.length]), name, Buffer.from([0, 1])]);
  return createHmac(hash, secret).update(info).digest().subarray(0, length);
}
