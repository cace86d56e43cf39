// One issuance at a CA with unusual timing: its answers between the steps, and Certdesk's reaction.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AcmeSession } from '../../../src/main/engine/acme/contract.ts';
import {
  createFaultyWorld,
  type FaultyWorld,
  problem,
  refusal,
} from '../../support/faults/faulty-ca/model.ts';

let faulty: FaultyWorld;
beforeEach(async () => {
  faulty = await createFaultyWorld();
});
afterEach(() => faulty?.world.end());

/** Each finalize gets the next of these answers, and the last one repeatedly; undefined: the model's own. */
function finalizing(...errors: readonly (Error | undefined)[]) {
  let sent = 0;
  return {
    sent: () => sent,
    verb: (session: AcmeSession): Pick<AcmeSession, 'finalizeOrder'> => ({
      finalizeOrder(order, csr) {
        const error = errors[Math.min(sent, errors.length - 1)];
        sent += 1;
        return error === undefined ? session.finalizeOrder(order, csr) : Promise.reject(error);
      },
    }),
  };
}
const NOT_READY = refusal(403, 'orderNotReady', { detail: 'the order is pending' });
const failureOf = (promise: Promise<unknown>) => promise.then(() => null).catch((error: unknown) => error);

describe('a CA that answers orderNotReady', () => {
  it('and is ready at the next poll gets the finalization again, and nothing is lost', async () => {
    const { sent, verb } = finalizing(NOT_READY, undefined);
    faulty.setFault(verb);
    await faulty.obtain('slow.example');
    expect(sent()).toBe(2);
    expect(faulty.ca.counts.orders).toBe(1);
  });

  it('repeatedly although its order is ready is not asked forever', async () => {
    const { sent, verb } = finalizing(NOT_READY);
    faulty.setFault(verb);
    expect(await failureOf(faulty.obtain('odd.example'))).toMatchObject({ code: 'ACME_REJECTED' });
    expect(sent()).toBe(4);
  });

  it('and invalidates the order is quoted in the error', async () => {
    const { sent, verb } = finalizing(NOT_READY);
    const error = problem('caa', 'CAA record for dead.example prevents issuance');
    faulty.setFault((session) => ({
      ...verb(session),
      getOrder: async (url) => ({ ...(await session.getOrder(url)), status: 'invalid', error }),
    }));
    expect(await failureOf(faulty.obtain('dead.example'))).toMatchObject({
      code: 'ACME_REJECTED',
      message: expect.stringContaining('CAA record for dead.example prevents issuance'),
      details: { problem: error },
    });
    expect(sent()).toBe(1);
  });
});

it('a CA that refuses the CSR of an order that stays ready is quoted, and not asked again', async () => {
  const { sent, verb } = finalizing(refusal(400, 'badCSR', { detail: 'the key is weak' }));
  faulty.setFault(verb);
  expect(await failureOf(faulty.obtain('weak.example'))).toMatchObject({
    code: 'ACME_REJECTED',
    message: expect.stringContaining('the key is weak'),
  });
  expect(sent()).toBe(1);
});

it('a CA that refuses the CSR and invalidates the order without an error is quoted by its refusal', async () => {
  const { verb } = finalizing(refusal(400, 'badCSR', { detail: 'the key is weak' }));
  faulty.setFault((session) => ({
    ...verb(session),
    getOrder: async (url) => ({ ...(await session.getOrder(url)), status: 'invalid' }),
  }));
  expect(await failureOf(faulty.obtain('weak.example'))).toMatchObject({
    message: expect.stringContaining('the key is weak'),
  });
});

describe('a CA that sends Retry-After', () => {
  /** Milliseconds from the last request to the CA to the first poll of its result. */
  async function firstPolls(retryAfterMs: number | null, domain: string) {
    const polls = { validation: Number.NaN, issuance: Number.NaN };
    let asked = Number.NaN;
    const notePoll = (what: keyof typeof polls): boolean => {
      if (Number.isNaN(asked)) return false;
      polls[what] = faulty.world.now - asked;
      asked = Number.NaN;
      return true;
    };
    faulty.setFault((session) => ({
      async completeChallenge(url) {
        await session.completeChallenge(url);
        asked = faulty.world.now;
        return { retryAfterMs };
      },
      getAuthorization(url) {
        notePoll('validation');
        return session.getAuthorization(url);
      },
      async finalizeOrder(order, csr) {
        await session.finalizeOrder(order, csr);
        asked = faulty.world.now;
        return { ...order, status: 'processing', retryAfterMs };
      },
      async getOrder(url) {
        const order = await session.getOrder(url);
        return notePoll('issuance') ? { ...order, status: 'processing' } : order;
      },
    }));
    await faulty.obtain(domain);
    return polls;
  }

  it('with its answer to the challenge and the CSR is not polled before, and otherwise after 2 ms', async () => {
    expect(await firstPolls(3_000, 'patient.example')).toEqual({ validation: 3_000, issuance: 3_000 });
    expect(await firstPolls(null, 'eager.example')).toEqual({ validation: 2, issuance: 2 });
  });
});
