// Keys of accounts as node:crypto takes them, read from PEM once and not at each of an issuance's requests.
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { publicJwk } from './key-change.ts';

export interface SigningKey {
  readonly accountKey: KeyObject;
  /** Public members only, in the order of RFC 7638. */
  readonly jwk: object;
}

export interface SigningKeys {
  /** @param pem A private key. */
  of(pem: string): SigningKey;
}

/** An installation has an account a CA and e-mail address: few. */
const MOST = 32;

export function createSigningKeys(): SigningKeys {
  const known = new Map<string, SigningKey>();
  return {
    of(pem) {
      const kept = known.get(pem);
      if (kept !== undefined) return kept;
      if (known.size >= MOST) known.clear();
      const key = { accountKey: createPrivateKey(pem), jwk: publicJwk(pem) };
      known.set(pem, key);
      return key;
    },
  };
}
