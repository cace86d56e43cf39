// Which orders of failed jobs are stored, which job adopts one, and when they are deleted.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCsr } from '../../../src/main/engine/acme/client.ts';
import type {
  ChallengeRecord,
  IssuanceSpec,
  JobRecord,
  OrderRecord,
} from '../../../src/main/engine/core/model.ts';
import {
  adoptResumableOrder,
  forgetResumableOrders,
  isResumable,
  keepOrForget,
} from '../../../src/main/engine/issuance/resumable-orders.ts';
import { ERRORS } from '../../../src/shared/errors.ts';
import { openTestDatabase, type TestDatabase } from '../../support/engine/database.ts';
import { CERTIFICATE, JOB, PROJECT, SPEC } from '../../support/engine/records.ts';
import { createOpenSsl, type KeySpec, type OpenSsl } from '../../support/tools/openssl.ts';

const AT = '2026-01-01T00:00:00Z';
const DIRECTORY = 'https://ca.example/directory';
const ORDER: OrderRecord = {
  jobId: 'old',
  accountId: 'a',
  directoryUrl: DIRECTORY,
  keySealed: Buffer.from('order:old|the key'),
  csr: 'the CSR',
  url: 'https://ca.example/order/1',
  challenges: [],
  updatedAt: AT,
  finalizedAt: null,
  asCreated: null,
  spec: null,
};
const CHALLENGE = {
  authorizationUrl: 'https://ca.example/authz/1',
  challengeUrl: 'https://ca.example/chall/1',
  type: 'http-01',
  identifier: 'shop.example.com',
  wildcard: false,
  token: 't',
  keyAuthorization: 't.k',
  ref: null,
} as const;
/** Binds what it seals to its context, like the vault. */
const vault = {
  seal: async (text: string, context: string) => Buffer.from(`${context}|${text}`),
  async open(sealed: Uint8Array, context: string) {
    const [bound, text = ''] = Buffer.from(sealed).toString().split('|');
    if (bound !== context) throw new Error(`sealed for ${bound}, opened as ${context}`);
    return text;
  },
};

let database: TestDatabase;
beforeEach(async () => {
  database = openTestDatabase();
  await database.stores.projects.create(PROJECT);
});
afterEach(() => database?.close());

async function failedJob(code: string, order: Partial<OrderRecord> = {}, job: Partial<JobRecord> = {}) {
  const { stores } = database;
  await stores.jobs.create({ ...JOB, id: 'old', ...job });
  const error = { success: false, error: 'x', code, details: {} } as JobRecord['error'];
  await stores.jobs.update('old', { state: 'failed', error });
  await stores.orders.put({ ...ORDER, ...order });
}

/** @returns the order of the new job; null if it has adopted none. */
async function adoptedOrder(spec: Partial<IssuanceSpec> = {}, now = '2026-01-01T12:00:00Z') {
  const { stores } = database;
  const job = { ...JOB, id: 'new' };
  await stores.jobs.create(job);
  const clock = { now: () => new Date(now) };
  const of = { spec: { ...SPEC, ...spec }, directoryUrl: DIRECTORY };
  await adoptResumableOrder({ stores, vault, clock }, job, of);
  return stores.orders.get('new');
}

describe('the next job', () => {
  it.each(['ACME_UNAVAILABLE', 'ACME_TIMEOUT', 'DNS_PROPAGATION_TIMEOUT', 'STORAGE_FAILED'])(
    'after %s resumes the order with its key, which now belongs to it',
    async (code) => {
      await failedJob(code);
      const order = await adoptedOrder({ challengeType: 'dns-01' });
      expect(order).toMatchObject({ url: ORDER.url, csr: 'the CSR', updatedAt: AT });
      expect(await vault.open(order?.keySealed ?? new Uint8Array(), 'order:new')).toBe('the key');
      expect(await database.stores.orders.all()).toHaveLength(1);
    },
  );

  it.each(['CHALLENGE_FAILED', 'ACME_REJECTED', 'ISSUED_CERTIFICATE_REJECTED'])(
    'after %s creates its own order, because the CA has refused that one',
    async (code) => {
      await failedJob(code);
      expect(await adoptedOrder()).toBeNull();
    },
  );

  it.each<[string, Partial<IssuanceSpec>]>([
    ['names', { names: ['shop.example.com', 'www.shop.example.com'] }],
    ['key', { key: { type: 'ec', size: 384 } }],
    ['profile', { profile: 'shortlived' }],
    ['account', { email: 'admin@example.com' }],
  ])('for another %s creates its own order', async (_, spec) => {
    await failedJob('ACME_TIMEOUT');
    expect(await adoptedOrder(spec)).toBeNull();
  });

  it.each<[string, Partial<OrderRecord>]>([
    ['is at another directory', { directoryUrl: 'https://other.example' }],
    ['has no address', { url: null }],
    ['has something in DNS still', { challenges: [{ ...CHALLENGE, state: 'presented' }] }],
  ])('ignores an order that %s', async (_, order) => {
    await failedJob('ACME_TIMEOUT', order);
    expect(await adoptedOrder()).toBeNull();
    expect(await database.stores.orders.get('old')).not.toBeNull();
  });

  it('creates its own order after a day, and no longer waits for a stuck one', async () => {
    await failedJob('ACME_TIMEOUT');
    expect(await adoptedOrder({}, '2026-01-02T00:00:01Z')).toBeNull();
  });

  it('ignores the order of another project', async () => {
    await database.stores.projects.create({ ...PROJECT, id: 'p2' });
    await failedJob('ACME_TIMEOUT', {}, { projectId: 'p2' });
    expect(await adoptedOrder()).toBeNull();
  });
});

it('a new certificate discards the order of an earlier job', async () => {
  await failedJob('ACME_TIMEOUT');
  await forgetResumableOrders(database.stores, 'p2');
  expect(await database.stores.orders.all()).toHaveLength(1);
  await forgetResumableOrders(database.stores, PROJECT.id);
  expect(await database.stores.orders.all()).toEqual([]);
});

it('an order that still has to be cleaned up keeps only that task', async () => {
  await failedJob('ACME_TIMEOUT', { challenges: [{ ...CHALLENGE, state: 'presented' }] });
  await forgetResumableOrders(database.stores, PROJECT.id);
  expect(await database.stores.orders.all()).toEqual([
    { ...ORDER, url: null, keySealed: null, csr: null, challenges: [{ ...CHALLENGE, state: 'presented' }] },
  ]);
});

describe('the order of a job whose end could not be written', () => {
  const timedOut = { code: 'STORAGE_FAILED', now: new Date(AT) };
  let openssl: OpenSsl;
  beforeAll(async () => {
    openssl = await createOpenSsl();
  });
  afterAll(() => openssl?.remove());

  /** @param own Whether the certificate in use has the key with which the order was finalized. */
  async function failedAfter(
    own: boolean,
    key: KeySpec = 'ec-256',
    state: ChallengeRecord['state'] = 'cleaned',
  ) {
    const { stores } = database;
    const issue = () => openssl.issue({ subject: '/CN=a', key });
    const [first, second] = [await issue(), await issue()];
    const csr = await createCsr(['shop.example.com'], (own ? first : second).privateKey);
    await stores.certificates.activate({ ...CERTIFICATE, chain: first.certificate });
    await failedJob(timedOut.code, { csr, challenges: [{ ...CHALLENGE, state }] });
    const job = { ...JOB, id: ORDER.jobId };
    await stores.transaction((tx) => keepOrForget(tx, job, timedOut));
    return stores.orders.get(ORDER.jobId);
  }

  it.each(['ec-256', 'ec-384', 'rsa-2048'] as const)(
    'is dropped if its certificate is in use (%s): the next job would fetch it once more',
    async (key) => expect(await failedAfter(true, key)).toBeNull(),
  );

  it('is kept without address and key if it still has to be cleaned up', async () => {
    expect(await failedAfter(true, 'ec-256', 'presented')).toMatchObject({ url: null, keySealed: null });
  });

  it('is kept if another certificate is in use', async () => {
    expect(await failedAfter(false)).toMatchObject({ url: ORDER.url });
  });
});

it('an operation that cannot be retried leaves no order', () => {
  const kept = Object.entries(ERRORS)
    .filter(([code]) => isResumable(ORDER, code, new Date(AT)) && !code.startsWith('DNS_'))
    .map(([code]) => code);
  expect(kept.toSorted()).toEqual([
    'ACME_RATE_LIMITED',
    'ACME_TIMEOUT',
    'ACME_UNAVAILABLE',
    'SECRET_STORE_UNAVAILABLE',
    'STORAGE_FAILED',
  ]);
});
