// The inner JWS of a keyChange (RFC 8555 section 7.3.5): the new key says that it takes an account over from the old one.
import { createPublicKey, sign } from 'node:crypto';

interface KeyChange {
  /** The directory's keyChange address. */
  readonly url: string;
  readonly accountUrl: string;
  /** PEM. */
  readonly oldKey: string;
  /** PEM, P-256. */
  readonly newKey: string;
}

/** The flattened JWS (RFC 7515 section 7.2.2), signed by the new key with ES256; without a nonce. */
export function keyChangeJws({ url, accountUrl, oldKey, newKey }: KeyChange) {
  const header = encode({ alg: 'ES256', jwk: publicJwk(newKey), url });
  const payload = encode({ account: accountUrl, oldKey: publicJwk(oldKey) });
  const signature = sign('sha256', Buffer.from(`${header}.${payload}`), {
    key: newKey,
    dsaEncoding: 'ieee-p1363',
  });
  return { protected: header, payload, signature: signature.toString('base64url') };
}

/** The public members alone: RFC 7638 names them. */
export function publicJwk(privateKeyPem: string): object {
  const { crv, e, kty, n, x, y } = createPublicKey(privateKeyPem).export({ format: 'jwk' });
  return JSON.parse(JSON.stringify({ crv, e, kty, n, x, y }));
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
