// The order of a job: when a new one is created, and the CA's answer to that of a job resumed after a crash.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AcmeOrder, AcmeSession, NewOrder } from '../../../src/main/engine/acme/contract.ts';
import { CertdeskError } from '../../../src/main/engine/core/errors.ts';
import type { AccountRecord, OrderRecord } from '../../../src/main/engine/core/model.ts';
import { REAL_TIMING } from '../../../src/main/engine/core/timing.ts';
import { ensureOrder, type ReplacedCertificate } from '../../../src/main/engine/issuance/acme-order.ts';
import { createOrderState } from '../../../src/main/engine/issuance/order-state.ts';
import { createCaUsage } from '../../../src/main/engine/rate-limits/usage.ts';
import { openTestDatabase, setWritable, type TestDatabase } from '../../support/engine/database.ts';
import { JOB, PROJECT, SPEC } from '../../support/engine/records.ts';
import { createFaultyWorld, type FaultyWorld, refusal } from '../../support/faults/faulty-ca/model.ts';

describe('a new order', () => {
  const DIRECTORY_URL = 'https://ca.example/directory';
  const ACCOUNT: AccountRecord = {
    id: 'a1',
    directoryUrl: DIRECTORY_URL,
    email: null,
    url: 'https://ca.example/account/1',
    keySealed: new Uint8Array(),
    createdAt: '2026-01-01T00:00:00Z',
  };
  const IN_WINDOW: ReplacedCertificate = { certId: 'aki.serial', inWindow: true };
  const clock = { now: () => new Date('2026-01-01T00:00:00Z') };
  let database: TestDatabase;
  beforeEach(async () => {
    database = openTestDatabase();
    await database.stores.projects.create(PROJECT);
    await database.stores.jobs.create(JOB);
  });
  afterEach(() => database?.close());

  /** @param createOrder The CA's answer. */
  async function ensure(
    replaces: ReplacedCertificate | null,
    createOrder: (request: NewOrder) => Promise<AcmeOrder>,
    sameNames = false,
  ) {
    const { stores } = database;
    const vault = { seal: async () => new Uint8Array(), open: async () => '' };
    const deps = { stores, journal: database.journal(clock), vault, clock };
    const of = { jobId: JOB.id, projectId: PROJECT.id, directoryUrl: DIRECTORY_URL };
    const orderState = await createOrderState(deps, of);
    const session = { directory: async () => ({}), createOrder } as unknown as AcmeSession;
    const task = { spec: SPEC, directoryUrl: DIRECTORY_URL, replaces, sameNames };
    const { signal } = new AbortController();
    const at = { orderState, account: { session, account: ACCOUNT }, signal };
    return ensureOrder({ usage: createCaUsage(clock), timing: REAL_TIMING, clock }, task, at);
  }

  it.each([null, IN_WINDOW, { ...IN_WINDOW, inWindow: false }])(
    '(replaces: %o) is not created if the database cannot be written',
    async (replaces) => {
      let made = 0;
      await setWritable(database.db, false);
      const attempt = ensure(replaces, async () => {
        made += 1;
        return order({});
      });
      await expect(attempt).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
      expect(made).toBe(0);
    },
  );

  it('that replaces another is in the database before the CA receives it', async () => {
    let kept: OrderRecord | null = null;
    await ensure(IN_WINDOW, async () => {
      kept = await database.stores.orders.get(JOB.id);
      return order({});
    });
    expect(kept).toMatchObject({ accountId: ACCOUNT.id, url: null });
    expect(await database.stores.orders.get(JOB.id)).toMatchObject({ url: order({}).url });
  });

  it.each([
    ['is not counted in the window that the CA suggests', true, 0],
    ['is counted before and after that window', false, 1],
  ])('that replaces another %s', async (_, inWindow, used) => {
    const asked: NewOrder[] = [];
    await ensure({ ...IN_WINDOW, inWindow }, async (request) => {
      asked.push(request);
      return order({});
    });
    expect(asked).toMatchObject([{ replaces: 'aki.serial' }]);
    const at = { directoryUrl: DIRECTORY_URL, kind: 'order', subject: ACCOUNT.id } as const;
    const times = await database.stores.caUsage.times({ ...at, since: '2025-12-31T00:00:00Z' });
    expect(times).toHaveLength(used);
  });

  it.each(['alreadyReplaced', 'malformed', 'unauthorized', 'serverInternal'])(
    'that replaces another is created without replaces if the CA answers %s, and counted',
    async (type) => {
      const asked: NewOrder[] = [];
      const made = await ensure(IN_WINDOW, async (request) => {
        asked.push(request);
        if (request.replaces !== undefined) throw refusal(type === 'serverInternal' ? 500 : 409, type, {});
        return order({});
      });
      expect(asked.map(({ replaces }) => replaces)).toEqual(['aki.serial', undefined]);
      expect(made.replaces).toBeUndefined();
      const at = { directoryUrl: DIRECTORY_URL, kind: 'order', subject: ACCOUNT.id } as const;
      expect(await database.stores.caUsage.times({ ...at, since: '2025-12-31T00:00:00Z' })).toHaveLength(1);
    },
  );

  it('that replaces another is not created without replaces if the CA is unreachable', async () => {
    let asked = 0;
    const attempt = ensure(IN_WINDOW, async () => {
      asked += 1;
      throw new CertdeskError('ACME_UNAVAILABLE');
    });
    await expect(attempt).rejects.toMatchObject({ code: 'ACME_UNAVAILABLE' });
    expect(asked).toBe(1);
  });

  const order = (more: Partial<AcmeOrder>): AcmeOrder => ({
    url: 'https://ca.example/order/1',
    status: 'pending',
    identifiers: [],
    authorizations: ['https://ca.example/authz/1'],
    finalize: 'https://ca.example/finalize/1',
    retryAfterMs: null,
    ...more,
  });
});

describe('an order that the CA no longer knows', () => {
  let faulty: FaultyWorld;
  let newOrders: number;
  beforeEach(async () => {
    faulty = await createFaultyWorld();
    newOrders = 0;
  });
  afterEach(() => faulty?.world.end());

  /**
   * An obtain job that is killed when its challenge is announced; it resumes in the next run, which finds this order.
   */
  async function goneOnWith(getOrder: () => Promise<never>) {
    const announced = Promise.withResolvers<void>();
    faulty.setFault(() => ({
      async completeChallenge() {
        faulty.world.killIn(1);
        announced.resolve();
        return { retryAfterMs: null };
      },
    }));
    faulty.obtain('shop.example').catch(() => undefined);
    await announced.promise;
    let asked = false;
    faulty.setFault((session) => ({
      getOrder(url) {
        asked = true;
        return newOrders === 0 ? getOrder() : session.getOrder(url);
      },
      createOrder(request) {
        newOrders += 1;
        return session.createOrder(request);
      },
    }));
    await faulty.world.checkRenewals();
    const [job] = await faulty.world.engine.jobs.list({ limit: 1 }, null);
    return { asked, state: job?.state, error: job?.error };
  }

  it.each([401, 403, 404, 410])(
    'is created again after answer %i, a problem without a status',
    async (status) => {
      const refused = () => Promise.reject(refusal(status, 'malformed', { detail: 'no such order' }));
      expect(await goneOnWith(refused)).toEqual({ asked: true, state: 'succeeded', error: null });
      expect(newOrders).toBe(1);
    },
  );

  it('fails after any other refusal, whatever its problem says', async () => {
    const refused = () => Promise.reject(refusal(400, 'malformed', { status: 404 }));
    expect(await goneOnWith(refused)).toMatchObject({ state: 'failed', error: { code: 'ACME_REJECTED' } });
    expect(newOrders).toBe(0);
  });
});
