// Caches parsed account keys, so that the requests of an issuance do not each parse the PEM.
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { publicJwk } from './key-change.ts';

export interface SigningKey {
  readonly accountKey: KeyObject;
  /** The public members, in the order of RFC 7638. */
  readonly jwk: object;
}

export interface SigningKeys {
  /** @param pem A private key. */
  of(pem: string): SigningKey;
}

/** Enough for one account per CA and e-mail address. */
const MAX_KEYS = 32;

/** Creates an empty cache of at most MAX_KEYS keys. */
export function createSigningKeys(): SigningKeys {
  const known = new Map<string, SigningKey>();
  return {
    of(pem) {
      const cached = known.get(pem);
      if (cached !== undefined) return cached;
      if (known.size >= MAX_KEYS) known.clear();
      const key = { accountKey: createPrivateKey(pem), jwk: publicJwk(pem) };
      known.set(pem, key);
      return key;
    },
  };
}
