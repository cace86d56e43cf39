// Signs the inner JWS of a keyChange request (RFC 8555 section 7.3.5), which proves possession of the new key.
import { createPublicKey, sign } from 'node:crypto';

interface KeyChange {
  /** The directory's keyChange URL. */
  readonly url: string;
  readonly accountUrl: string;
  /** PEM. */
  readonly oldKey: string;
  /** PEM, P-256. */
  readonly newKey: string;
}

/** @returns the flattened JWS (RFC 7515 section 7.2.2), signed by the new key with ES256, without a nonce */
export function keyChangeJws({ url, accountUrl, oldKey, newKey }: KeyChange) {
  const header = encode({ alg: 'ES256', jwk: publicJwk(newKey), url });
  const payload = encode({ account: accountUrl, oldKey: publicJwk(oldKey) });
  const signature = sign('sha256', Buffer.from(`${header}.${payload}`), {
    key: newKey,
    dsaEncoding: 'ieee-p1363',
  });
  return { protected: header, payload, signature: signature.toString('base64url') };
}

/** The public JWK, with only the members required by RFC 7638. */
export function publicJwk(privateKeyPem: string): object {
  const { crv, e, kty, n, x, y } = createPublicKey(privateKeyPem).export({ format: 'jwk' });
  return JSON.parse(JSON.stringify({ crv, e, kty, n, x, y }));
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
