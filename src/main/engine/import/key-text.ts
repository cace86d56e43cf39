// Reads keys and JSON from other clients' files. Unreadable content becomes null, because the reason could quote a
// secret.
import { createPrivateKey } from 'node:crypto';
import { readPrivateKey, readPrivateKeys } from '../pki/keys.ts';

/** Converts an unencrypted PEM private key to PKCS#8. */
export function toPkcs8(pem: string): string | null {
  try {
    return readPrivateKey(pem);
  } catch {
    return null;
  }
}

/** Reads all private keys of a file of any format as PKCS#8 PEM; none if one of them is encrypted or damaged. */
export function toPkcs8Keys(bytes: Buffer): readonly string[] {
  try {
    return readPrivateKeys(bytes.toString('latin1'));
  } catch {
    return [];
  }
}

/** Converts a private JWK (RFC 7517) to PKCS#8 PEM. */
export function fromJwk(text: string): string | null {
  try {
    const key = createPrivateKey({ key: JSON.parse(text), format: 'jwk' });
    return key.export({ type: 'pkcs8', format: 'pem' }).toString();
  } catch {
    return null;
  }
}

/** Parses JSON; null if it is invalid. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
