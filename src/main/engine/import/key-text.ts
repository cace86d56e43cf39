// Keys and JSON as the clients' files hold them; what cannot be read is null, for its reason could quote a secret.
import { createPrivateKey } from 'node:crypto';
import { readPrivateKey, readPrivateKeys } from '../pki/keys.ts';

/** Any unencrypted PEM private key as PKCS#8. */
export function toPkcs8(pem: string): string | null {
  try {
    return readPrivateKey(pem);
  } catch {
    return null;
  }
}

/** Every private key of a file of any format as PKCS#8 PEM; none where one of them is encrypted or damaged. */
export function toPkcs8Keys(bytes: Buffer): readonly string[] {
  try {
    return readPrivateKeys(bytes.toString('latin1'));
  } catch {
    return [];
  }
}

/** A private JWK (RFC 7517) as PKCS#8 PEM. */
export function fromJwk(text: string): string | null {
  try {
    const key = createPrivateKey({ key: JSON.parse(text), format: 'jwk' });
    return key.export({ type: 'pkcs8', format: 'pem' }).toString();
  } catch {
    return null;
  }
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
