// Reads SSH private keys as far as their public half, which people need for authorized_keys.
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { CertdeskError } from '../core/errors.ts';
import type { ReadKey } from './credentials.ts';

const OPENSSH = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END OPENSSH PRIVATE KEY-----/;
const MAGIC = Buffer.from('openssh-key-v1\0');

/** Reads a key in OpenSSH's format, PKCS#1, SEC 1 or PKCS#8. */
export const readKey: ReadKey = (privateKey, passphrase) => {
  const blob = readOpenSsh(privateKey) ?? readPem(privateKey, passphrase);
  const type = blob.toString('latin1', 4, 4 + blob.readUInt32BE(0));
  const sha256 = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
  return { type, sha256, line: `${type} ${blob.toString('base64')} certdesk` };
};

/** The public key is not encrypted, even if the private one is (OpenSSH, PROTOCOL.key). */
function readOpenSsh(text: string): Buffer | null {
  const encoded = OPENSSH.exec(text)?.[1];
  if (encoded === undefined) return null;
  const bytes = Buffer.from(encoded, 'base64');
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw unreadable('it is damaged');
  let at = MAGIC.length;
  const next = (): Buffer => {
    if (at + 4 > bytes.length) throw unreadable('it is damaged');
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) throw unreadable('it is damaged');
    const part = bytes.subarray(at + 4, end);
    at = end;
    return part;
  };
  for (const _ of ['cipher', 'kdf', 'options of the kdf']) next();
  at += 4; // the number of keys, always one
  return next();
}

function readPem(text: string, passphrase: string | null): Buffer {
  try {
    return toBlob(
      createPublicKey({ key: text, format: 'pem', ...(passphrase === null ? {} : { passphrase }) }),
    );
  } catch (error) {
    if (error instanceof CertdeskError) throw error;
    const needs = /ENCRYPTED/.test(text) && passphrase === null;
    throw unreadable(
      needs ? 'it is encrypted: enter its passphrase' : 'it is damaged, or the passphrase is wrong',
    );
  }
}

const CURVES: Readonly<Record<string, string>> = {
  'P-256': 'nistp256',
  'P-384': 'nistp384',
  'P-521': 'nistp521',
};

/** The wire format of RFC 4253 section 6.6, RFC 5656 and RFC 8709. */
function toBlob(key: KeyObject): Buffer {
  const { kty, crv = '', x = '', y = '', n = '', e = '' } = key.export({ format: 'jwk' });
  const bytes = (text: string) => Buffer.from(text, 'base64url');
  if (kty === 'RSA') return concat([Buffer.from('ssh-rsa'), toMpint(bytes(e)), toMpint(bytes(n))]);
  if (kty === 'OKP' && crv === 'Ed25519') return concat([Buffer.from('ssh-ed25519'), bytes(x)]);
  const curve = kty === 'EC' ? CURVES[crv] : undefined;
  if (curve === undefined) throw unreadable('SSH has no keys of this type');
  const point = Buffer.concat([Buffer.from([4]), bytes(x), bytes(y)]);
  return concat([Buffer.from(`ecdsa-sha2-${curve}`), Buffer.from(curve), point]);
}

/** A leading zero keeps the number positive. */
const toMpint = (number: Buffer): Buffer =>
  (number[0] ?? 0) < 0x80 ? number : Buffer.concat([Buffer.from([0]), number]);

function concat(parts: readonly Buffer[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return [length, part];
    }),
  );
}

function unreadable(why: string): CertdeskError {
  return new CertdeskError('HOST_CREDENTIAL_INVALID', `The private key cannot be read: ${why}`);
}
