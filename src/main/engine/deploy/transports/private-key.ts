// Prepares private keys for ssh2, which reads OpenSSH's format, PKCS#1 and SEC 1, but not PKCS#8.
import { createPrivateKey, type KeyObject, randomBytes } from 'node:crypto';

/** PEM labels of PKCS#8 (RFC 5958). */
const PKCS8 = /-----BEGIN (?:ENCRYPTED )?PRIVATE KEY-----/;

/**
 * The key in a format that ssh2 reads, and the passphrase that it still needs.
 * @throws Error if Node cannot read a PKCS#8 key (wrong passphrase, damaged), or its type is none of SSH
 */
export function toSshKey(
  privateKey: string,
  passphrase: string | null,
): { readonly privateKey: string; readonly passphrase: string | null } {
  if (!PKCS8.test(privateKey)) return { privateKey, passphrase };
  const key = createPrivateKey({ key: privateKey, ...(passphrase === null ? {} : { passphrase }) });
  return { privateKey: convert(key), passphrase: null };
}

function convert(key: KeyObject): string {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return key.export({ type: 'pkcs1', format: 'pem' }).toString();
    case 'ec':
      return key.export({ type: 'sec1', format: 'pem' }).toString();
    case 'ed25519':
      return toOpenSsh(key);
    default:
      throw new Error(`SSH has no keys of type ${key.asymmetricKeyType}`);
  }
}

/** openssh-key-v1 without encryption (OpenSSH, PROTOCOL.key). */
function toOpenSsh(key: KeyObject): string {
  const { x = '', d = '' } = key.export({ format: 'jwk' });
  const publicKey = Buffer.from(x, 'base64url');
  const type = Buffer.from('ssh-ed25519');
  const check = randomBytes(4);
  const secret = Buffer.concat([Buffer.from(d, 'base64url'), publicKey]);
  const body = Buffer.concat([check, check, ...[type, publicKey, secret, Buffer.alloc(0)].map(toSshString)]);
  const padding = Buffer.from(Array.from({ length: (8 - (body.length % 8)) % 8 }, (_, index) => index + 1));
  const none = toSshString(Buffer.from('none'));
  const whole = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    none,
    none,
    toSshString(Buffer.alloc(0)),
    toLength(1),
    toSshString(Buffer.concat([type, publicKey].map(toSshString))),
    toSshString(Buffer.concat([body, padding])),
  ]);
  const lines = whole.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join(
    '\n',
  );
}

function toLength(length: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(length);
  return bytes;
}

const toSshString = (content: Buffer): Buffer => Buffer.concat([toLength(content.length), content]);
