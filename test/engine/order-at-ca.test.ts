// The order of a job that goes on after a crash: what the CA says to it, and whether a new one is made.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BentWorld, createBentWorld, refusal } from '../support/bent-ca.ts';

let bent: BentWorld;
let newOrders: number;
beforeEach(async () => {
  bent = await createBentWorld();
  newOrders = 0;
});
afterEach(() => bent.world.end());

/** An obtain that is killed when its challenge is announced; it goes on in the next life, which finds this order. */
async function goneOnWith(getOrder: () => Promise<never>) {
  const announced = Promise.withResolvers<void>();
  bent.bend(() => ({
    async completeChallenge() {
      bent.world.killIn(1);
      announced.resolve();
      return { retryAfterMs: null };
    },
  }));
  bent.obtain('shop.example').catch(() => undefined);
  await announced.promise;
  let asked = false;
  bent.bend((session) => ({
    getOrder(url) {
      const first = !asked;
      asked = true;
      return first ? getOrder() : session.getOrder(url);
    },
    createOrder(request) {
      newOrders += 1;
      return session.createOrder(request);
    },
  }));
  await bent.world.look();
  const [job] = await bent.world.engine.jobs.list({ limit: 1 }, null);
  return { asked, state: job?.state, error: job?.error };
}

describe('an order that the CA has forgotten', () => {
  it.each([401, 403, 404, 410])(
    'by the answer %i, its problem without a status, is made anew',
    async (status) => {
      const refused = () => Promise.reject(refusal(status, 'malformed', { detail: 'no such order' }));
      expect(await goneOnWith(refused)).toEqual({ asked: true, state: 'succeeded', error: null });
      expect(newOrders).toBe(1);
    },
  );

  it('by no other refusal, whatever its problem says: that is a failure', async () => {
    const refused = () => Promise.reject(refusal(400, 'malformed', { status: 404 }));
    expect(await goneOnWith(refused)).toMatchObject({ state: 'failed', error: { code: 'ACME_REJECTED' } });
    expect(newOrders).toBe(0);
  });
});
