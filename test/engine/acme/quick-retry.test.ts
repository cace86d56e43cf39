// The two retries inside the ACME client, in virtual time.
import { describe, expect, it } from 'vitest';
import { quickRetry } from '../../../src/main/engine/acme/quick-retry.ts';
import { CertdeskError } from '../../../src/main/engine/core/errors.ts';
import { createVirtualTiming } from '../../support/engine/virtual-time.ts';

const busy = (retryAfter?: number) =>
  new CertdeskError('ACME_UNAVAILABLE', 'Busy.', {
    status: 503,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
const { signal } = new AbortController();

/** Fails with each of these in turn, then returns `done`. */
const failing = (...errors: readonly Error[]) => {
  const left = [...errors];
  return async () => {
    const error = left.shift();
    if (error !== undefined) throw error;
    return 'done';
  };
};

describe('quickRetry', () => {
  it('waits 250 ms, then 1 s', async () => {
    const timing = createVirtualTiming();
    expect(await quickRetry(failing(busy(), busy()), signal, timing)).toBe('done');
    expect(timing.now()).toBe(1_250);
  });

  it('gives up after two retries', async () => {
    const timing = createVirtualTiming();
    await expect(quickRetry(failing(busy(), busy(), busy()), signal, timing)).rejects.toThrow('Busy.');
  });

  it('waits as long as a short Retry-After, and not at all for a long one', async () => {
    const timing = createVirtualTiming();
    expect(await quickRetry(failing(busy(9)), signal, timing)).toBe('done');
    expect(timing.now()).toBe(9_000);
    await expect(quickRetry(failing(busy(11)), signal, timing)).rejects.toThrow('Busy.');
    expect(timing.now()).toBe(9_000);
  });

  it('ends its wait on abort, with the reason', async () => {
    const timing = createVirtualTiming();
    const abort = new AbortController();
    const reason = new Error('the job is cancelled');
    void timing.track(new Promise(() => undefined)); // time is frozen: no wait ends on its own
    const retried = quickRetry(failing(busy(9)), abort.signal, timing);
    await expect.poll(() => timing.waiting).toBe(1);
    abort.abort(reason);
    await expect(retried).rejects.toBe(reason);
  });
});
