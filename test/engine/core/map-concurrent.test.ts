import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { mapConcurrent } from '../../../src/main/engine/core/map-concurrent.ts';

describe('mapConcurrent', () => {
  it('runs at most the given number concurrently, and returns results in order', async () => {
    let running = 0;
    let most = 0;
    const results = await mapConcurrent([5, 4, 3, 2, 1], { limit: 2 }, async (n) => {
      running += 1;
      most = Math.max(most, running);
      await sleep(n);
      running -= 1;
      return n * 10;
    });
    expect(results).toEqual([50, 40, 30, 20, 10]);
    expect(most).toBe(2);
  });

  it('stops the others at the first failure, starts no more, and waits for all', async () => {
    const begun: number[] = [];
    let ended = 0;
    const work = async (n: number, signal: AbortSignal) => {
      begun.push(n);
      try {
        if (n === 1) throw new Error('the first');
        await sleep(10_000, undefined, { signal });
      } finally {
        ended += 1;
      }
    };
    await expect(mapConcurrent([0, 1, 2, 3, 4], { limit: 3 }, work)).rejects.toThrow('the first');
    expect(begun).toEqual([0, 1, 2]);
    expect(ended).toBe(3);
  });

  it("ends with the caller's signal", async () => {
    const stopping = new AbortController();
    const work = (_: number, signal: AbortSignal) => sleep(10_000, undefined, { signal });
    const running = mapConcurrent([1, 2], { limit: 1, signal: stopping.signal }, work);
    stopping.abort(new Error('stopping'));
    await expect(running).rejects.toThrow();
  });
});
