// Anti-replay nonces (RFC 8555 section 6.5): those that the CA's answers brought, so that none need be asked for.

export interface NoncePool {
  /** The youngest one that is fresh enough, removed from the pool; null where there is none. */
  take(): string | null;
  add(nonce: string): void;
}

/**
 * A CA may drop old nonces, and then costs a badNonce round trip where asking for a new one costs the same: so the
 * youngest goes first, and those over `maxAgeMs` (RFC 8555 leaves it to the CA; Let's Encrypt's live for hours,
 * others' for minutes) and the oldest over `capacity` are forgotten.
 * @param clock Milliseconds that never jump.
 */
export function createNoncePool(
  { maxAgeMs, capacity }: { readonly maxAgeMs: number; readonly capacity: number },
  clock: () => number = () => performance.now(),
): NoncePool {
  const nonces: { readonly value: string; readonly at: number }[] = []; // the youngest last
  return {
    take() {
      const nonce = nonces.pop();
      if (nonce === undefined) return null;
      if (clock() - nonce.at <= maxAgeMs) return nonce.value;
      nonces.length = 0; // the others are older still
      return null;
    },
    add(value) {
      nonces.push({ value, at: clock() });
      if (nonces.length > capacity) nonces.shift();
    },
  };
}
