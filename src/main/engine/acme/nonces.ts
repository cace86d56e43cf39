// Collects anti-replay nonces (RFC 8555 section 6.5) from the CA's responses, which saves requests for new ones.

export interface NoncePool {
  /** Removes and returns the newest nonce; null if there is none or it is too old. */
  take(): string | null;
  add(nonce: string): void;
}

/**
 * CAs drop old nonces after hours (Let's Encrypt) or minutes, and a badNonce costs as much as requesting a new nonce. So
 * the newest nonce goes first, and nonces older than `maxAgeMs` or beyond `capacity` are dropped.
 * @param clock Monotonic milliseconds.
 */
export function createNoncePool(
  { maxAgeMs, capacity }: { readonly maxAgeMs: number; readonly capacity: number },
  clock: () => number = () => performance.now(),
): NoncePool {
  const nonces: { readonly value: string; readonly at: number }[] = []; // the newest last
  return {
    take() {
      const nonce = nonces.pop();
      if (nonce === undefined) return null;
      if (clock() - nonce.at <= maxAgeMs) return nonce.value;
      nonces.length = 0; // the others are even older
      return null;
    },
    add(value) {
      nonces.push({ value, at: clock() });
      if (nonces.length > capacity) nonces.shift();
    },
  };
}
