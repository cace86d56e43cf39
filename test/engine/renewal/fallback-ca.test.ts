// The fallback CA is checked against the names of certificates, before it is saved and before it is used.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createFaultyWorld,
  type FaultyWorld,
  refusal,
  SECOND,
  type SessionFault,
} from '../../support/faults/faulty-ca/model.ts';

let faulty: FaultyWorld;
beforeEach(async () => {
  faulty = await createFaultyWorld();
});
afterEach(() => faulty?.world.end());

async function obtainFor(domain: string, altNames: readonly string[]): Promise<string> {
  const { id } = await faulty.world.engine.projects.create({ name: domain, domain, altNames: [...altNames] });
  await faulty.obtainAgain(id);
  return id;
}
const save = (fallbackCa: string) => faulty.world.engine.settings.update({ renewals: { fallbackCa } });
const MANY = ['a.shop.example', 'b.shop.example'];

it('is not saved if it cannot issue for a certificate, and the error names it and the reason', async () => {
  await faulty.obtain('one.example');
  await obtainFor('shop.example', MANY);
  await obtainFor('second.example', MANY);
  await expect(save('actalis')).rejects.toMatchObject({
    code: 'INVALID_REQUEST',
    message: expect.stringMatching(
      /shop\.example: Actalis issues for one name and the same name with www\. only.*could it renew 1 more/,
    ),
  });
  expect((await faulty.world.engine.settings.get()).renewals.fallbackCa).toBeNull();
  await save('zerossl');
  await save('https://ca.example.com/directory');
});

it('is saved if all certificates fit, and other settings can be changed afterwards', async () => {
  await faulty.obtain('one.example');
  await save('actalis');
  await obtainFor('shop.example', MANY);
  const changed = { fallbackCa: 'actalis', concurrency: 3 };
  expect((await faulty.world.engine.settings.update({ renewals: changed })).renewals.concurrency).toBe(3);
});

it('is not used for names that it cannot issue for, and the job says why', async () => {
  await save('actalis');
  const id = await obtainFor('shop.example', MANY);
  faulty.setFault(() => ({ createOrder: () => Promise.reject(refusal(503, 'serverInternal')) }));
  for (const _ of [1, 2]) await expect(faulty.renew(id)).rejects.toMatchObject({ code: 'ACME_UNAVAILABLE' });
  faulty.setFault(() => ({}));
  await faulty.renew(id);
  expect(faulty.ca.entries).toHaveLength(2);
  const rows = await faulty.world.database.db.selectFrom('events').select('message').execute();
  const messages = rows.map(({ message }) => message);
  expect(messages).toContainEqual(
    expect.stringMatching(/fallback CA is not used: Actalis issues for one name/),
  );
});

describe('an order that an earlier attempt left at the usual CA', () => {
  const DAY = 86_400_000;
  const down = refusal(503, 'serverInternal');
  /** The names are validated, and the CA fails before it gets the CSR. */
  function failBeforeCsr(): SessionFault {
    let isValidated = false;
    const unlessValidated = <A, R>(ask: (of: A) => Promise<R>) => {
      return async (of: A) => {
        if (isValidated) throw down;
        return ask(of);
      };
    };
    return (session) => ({
      async completeChallenge(url) {
        isValidated = true;
        return session.completeChallenge(url);
      },
      getOrder: unlessValidated(session.getOrder),
      getAuthorization: unlessValidated(session.getAuthorization),
    });
  }
  const stuck: SessionFault = (session) => ({
    getOrder: async (url) => ({ ...(await session.getOrder(url)), status: 'processing' }),
    finalizeOrder: async (order) => ({ ...order, status: 'processing' }),
  });
  const failTwice = async (id: string, ...faults: SessionFault[]) => {
    for (const fault of faults) {
      faulty.setFault(fault);
      await expect(faulty.renew(id)).rejects.toMatchObject({ code: /^ACME_/ });
    }
  };
  let id: string;
  beforeEach(async () => {
    id = await faulty.obtain('shop.example');
    await save(SECOND);
  });
  const specInUse = async () => {
    const row = await faulty.world.database.db
      .selectFrom('certificates')
      .select('spec')
      .where('superseded_at', 'is', null)
      .executeTakeFirstOrThrow();
    return JSON.parse(String(row.spec));
  };

  it('is completed there if its names are validated, although it is the turn of the fallback CA', async () => {
    const fault = failBeforeCsr();
    await failTwice(id, fault, fault);
    faulty.setFault(() => ({}));
    await faulty.renew(id);
    expect([faulty.ca.counts.orders, faulty.second.counts.orders]).toEqual([2, 0]);
    expect(faulty.ca.entries).toHaveLength(2);
  });

  it('does not prevent the fallback CA while the usual one does not answer', async () => {
    const fault = failBeforeCsr();
    await failTwice(id, fault, fault);
    faulty.setFault(() => ({ getOrder: () => Promise.reject(down) }));
    await faulty.renew(id);
    expect(faulty.second.entries).toHaveLength(1);
    expect(await specInUse()).toMatchObject({ ca: SECOND, insteadOf: { ca: 'letsencrypt' } });
  });

  it('is resumed at the next attempt if the fallback CA fails too', async () => {
    const fault = failBeforeCsr();
    await failTwice(id, fault, fault);
    faulty.setFault(() => ({ getOrder: () => Promise.reject(down) }));
    faulty.world.reachable = () => false; // the fallback CA cannot validate
    await expect(faulty.renew(id)).rejects.toMatchObject({ code: 'CHALLENGE_FAILED' });
    faulty.setFault(() => ({}));
    await faulty.renew(id);
    expect(faulty.ca.entries).toHaveLength(2);
    expect(faulty.ca.counts.orders).toBe(2);
  });

  it('is left if it was finalized and the certificate is about to expire', async () => {
    faulty.world.sleepUntil(faulty.world.now + 82 * DAY); // of 90
    await failTwice(id, stuck, stuck);
    expect(faulty.second.counts.orders).toBe(0);
    await faulty.renew(id);
    expect(faulty.second.entries).toHaveLength(1);
  });
});
