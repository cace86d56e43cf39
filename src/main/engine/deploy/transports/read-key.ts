// Reads SSH private keys: checks the passphrase, and shows the public half that people need for authorized_keys.
import { CertdeskError } from '../../core/errors.ts';
import type { ReadKey } from '../../hosts/credentials.ts';
import { fingerprintOf } from '../../hosts/host-key.ts';
import { toSshKey } from './private-key.ts';

/** Accepts OpenSSH's format, PKCS#1, SEC 1 and PKCS#8. */
export const readKey: ReadKey = async (text, secret) => {
  const { default: ssh2 } = await import('ssh2'); // costs nothing at startup
  const { privateKey, passphrase } = convert(text, secret);
  const parsed = ssh2.utils.parseKey(privateKey, passphrase ?? undefined);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key === undefined || key instanceof Error) throw explain(key, text, secret);
  if (!key.isPrivateKey()) throw unreadable('it is a public key. Enter the private one');
  const blob = key.getPublicSSH();
  const sha256 = fingerprintOf(blob);
  return { type: key.type, sha256, line: `${key.type} ${blob.toString('base64')} certdesk` };
};

function convert(text: string, secret: string | null): ReturnType<typeof toSshKey> {
  try {
    return toSshKey(text, secret);
  } catch {
    throw explain(undefined, text, secret); // OpenSSL's message does not help users
  }
}

function explain(error: Error | undefined, text: string, secret: string | null): CertdeskError {
  const encrypted = /ENCRYPTED/.test(text) || /encrypted|passphrase/i.test(error?.message ?? '');
  if (encrypted && secret === null) return unreadable('it is encrypted. Enter its passphrase', 'passphrase');
  if (secret !== null) return unreadable('the passphrase is wrong, or the key is damaged', 'passphrase');
  const reason = 'it is damaged, or of a type that SSH does not have. Enter an Ed25519, ECDSA or RSA key';
  return unreadable(reason);
}

function unreadable(reason: string, field: 'privateKey' | 'passphrase' = 'privateKey'): CertdeskError {
  const message = `The private key cannot be read: ${reason}.`;
  return new CertdeskError('HOST_CREDENTIAL_INVALID', message, { host: '', reason, field });
}
