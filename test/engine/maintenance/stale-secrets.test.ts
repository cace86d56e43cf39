// What remains in the secret store when nothing needs it any longer, and what still needs a DNS credential.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SecretStore } from '../../../src/main/engine/core/ports.ts';
import { createDnsCredentials } from '../../../src/main/engine/dns/credentials/credentials.ts';
import { forgetStaleSecrets } from '../../../src/main/engine/maintenance/stale-secrets.ts';
import { EARLIER_VERSION } from '../../../src/main/engine/outgoing/saved-by.ts';
import { openTestDatabase, QUIET, type TestDatabase } from '../../support/engine/database.ts';
import { JOB, PROJECT, SPEC } from '../../support/engine/records.ts';
import { LOOPBACK_POLICY } from '../../support/tools/network.ts';

const AT = '2026-01-01T00:00:00Z';
const input = { ...JOB.input, spec: { ...SPEC, dnsCredentialId: 'used' } } as typeof JOB.input;
const order = {
  directoryUrl: 'https://ca',
  keySealed: null,
  csr: null,
  url: null,
  challenges: [
    {
      authorizationUrl: 'https://ca/authz/1',
      challengeUrl: 'https://ca/chall/1',
      type: 'dns-01' as const,
      identifier: 'shop.example.com',
      wildcard: false,
      token: 't',
      keyAuthorization: 't.k',
      state: 'presented' as const,
      ref: null,
    },
  ],
  updatedAt: AT,
  finalizedAt: null,
  asCreated: null,
  spec: null,
};
let database: TestDatabase;
let kept: Map<string, string>;
let secrets: SecretStore;

beforeEach(async () => {
  database = openTestDatabase();
  const { stores } = database;
  await stores.projects.create(PROJECT);
  for (const id of ['used', 'idle'])
    await stores.dnsCredentials.create({
      id,
      name: id,
      provider: 'manual',
      savedBy: EARLIER_VERSION,
      projectIds: null,
      zones: null,
      createdAt: AT,
      updatedAt: AT,
    });
  await stores.accounts.create({
    id: 'a1',
    directoryUrl: 'https://ca',
    email: null,
    url: null,
    keySealed: new Uint8Array([1]),
    createdAt: AT,
  });
  await stores.jobs.create({ ...JOB, id: 'ended', input });
  await stores.jobs.update('ended', { state: 'failed' });
  await stores.jobs.create({ ...JOB, id: 'left', input });
  await stores.orders.put({ ...order, jobId: 'left', accountId: 'a1' });
  await stores.jobs.update('left', { state: 'failed' });
  await stores.jobs.create({ ...JOB, id: 'waiting' });
  kept = new Map();
  secrets = {
    kind: 'sealed-file',
    get: async (name) => kept.get(name) ?? null,
    set: async (name, value) => void kept.set(name, value),
    delete: async (name) => void kept.delete(name),
    names: async () => [...kept.keys()],
  };
});
afterEach(() => database?.close());

it('deletes secrets that belong to no job, credential or project, and no others', async () => {
  const needed = ['master-key', 'job:waiting', 'job:left', 'dns-credential:idle', 'dns-project:p1'];
  for (const name of [...needed, 'job:ended', 'job:gone', 'dns-credential:gone', 'dns-project:gone'])
    kept.set(name, 'secret');
  await forgetStaleSecrets(database.stores, secrets);
  expect([...kept.keys()].sort()).toEqual(needed.sort());
});

it('a DNS credential whose values cannot be deleted stays, and can be removed later', async () => {
  const { stores } = database;
  const clock = { now: () => new Date(AT) };
  const locked = { ...secrets, delete: () => Promise.reject(new Error('locked')) };
  const deps = {
    stores,
    journal: database.journal(clock),
    clock,
    log: QUIET,
    dnsEndpoints: {},
    addressPolicy: LOOPBACK_POLICY,
    acmeShFolder: null,
  };
  await expect(createDnsCredentials({ ...deps, secrets: locked }).remove('idle')).rejects.toThrow('locked');
  expect(await stores.dnsCredentials.get('idle')).not.toBeNull();
  const credentials = createDnsCredentials({ ...deps, secrets });
  await credentials.remove('idle');
  expect(await stores.dnsCredentials.get('idle')).toBeNull();
  await expect(credentials.remove('used')).rejects.toMatchObject({
    code: 'DNS_CREDENTIAL_IN_USE',
    details: { usedBy: [{ id: 'p1' }] },
  });
});

it('a DNS credential is in use while a record still has to be removed with it', async () => {
  const { stores } = database;
  expect((await stores.dnsCredentials.usedBy('used')).map(({ id }) => id)).toEqual(['p1']);
  expect(await stores.dnsCredentials.usedBy('idle')).toEqual([]);
  // The order may be stored for a later job, which needs no credential then.
  const [left] = order.challenges;
  const challenges = left === undefined ? [] : [{ ...left, state: 'cleaned' as const }];
  await stores.orders.put({ ...order, jobId: 'left', accountId: 'a1', challenges });
  expect(await stores.dnsCredentials.usedBy('used')).toEqual([]);
  kept.set('job:left', 'secret');
  await forgetStaleSecrets(stores, secrets);
  expect([...kept.keys()]).toEqual([]);
});
