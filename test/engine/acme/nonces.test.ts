import { describe, expect, it } from 'vitest';
import { createNoncePool } from '../../../src/main/engine/acme/nonces.ts';

describe('createNoncePool', () => {
  it('returns the newest nonce first, and each once', () => {
    const pool = createNoncePool({ maxAgeMs: 1_000, capacity: 10 });
    pool.add('a');
    pool.add('b');
    expect([pool.take(), pool.take(), pool.take()]).toEqual(['b', 'a', null]);
  });

  it('drops expired nonces, and accepts new ones afterwards', () => {
    let now = 0;
    const pool = createNoncePool({ maxAgeMs: 1_000, capacity: 10 }, () => now);
    pool.add('a');
    now = 500;
    pool.add('b');
    now = 1_001;
    expect(pool.take()).toBe('b');
    expect(pool.take()).toBeNull();
    pool.add('c');
    expect(pool.take()).toBe('c');
  });

  it('stores no more than its capacity, and drops the oldest', () => {
    const pool = createNoncePool({ maxAgeMs: 1_000, capacity: 2 });
    for (const nonce of ['a', 'b', 'c']) pool.add(nonce);
    expect([pool.take(), pool.take(), pool.take()]).toEqual(['c', 'b', null]);
  });
});
