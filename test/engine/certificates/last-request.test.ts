// The initial values of a new request: those of the certificate, or of the last attempt.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createJournal } from '../../../src/main/engine/audit/journal.ts';
import { createHistory, type History } from '../../../src/main/engine/certificates/versions.ts';
import { openTestDatabase, QUIET, type TestDatabase } from '../../support/engine/database.ts';
import { CERTIFICATE, JOB, PROJECT, SPEC } from '../../support/engine/records.ts';

let database: TestDatabase;
let history: History;

beforeEach(async () => {
  database = openTestDatabase();
  const clock = { now: () => new Date('2026-02-01T00:00:00Z') };
  history = createHistory({
    stores: database.stores,
    journal: createJournal(database.stores, clock, QUIET),
    clock,
  });
  await database.stores.projects.create(PROJECT);
});
afterEach(() => database?.close());

it('is empty before the first one', async () => {
  expect(await history.lastRequest(PROJECT.id)).toMatchObject({ request: null, autoRenew: true });
});

it('is the last failed one if there is no certificate, or an uploaded one', async () => {
  const spec = { ...SPEC, ca: 'zerossl', challengeType: 'dns-01', dnsProvider: 'cloudflare' } as const;
  const input = { kind: 'obtain', spec, autoRenew: false, dryRun: false } as const;
  await database.stores.jobs.create({ ...JOB, state: 'failed', input });
  const wanted = {
    request: { ca: { id: 'zerossl' }, dnsProvider: { id: 'cloudflare' } },
    autoRenew: false,
    usesProjectCredentials: false,
  };
  expect(await history.lastRequest(PROJECT.id)).toMatchObject(wanted);
  await database.stores.certificates.activate({ ...CERTIFICATE, spec: null, autoRenew: false });
  expect(await history.lastRequest(PROJECT.id)).toMatchObject(wanted);
});

it('is that of the certificate, whatever was tried since', async () => {
  const spec = { ...SPEC, challengeType: 'dns-01', dnsProvider: 'cloudflare' } as const;
  await database.stores.certificates.activate({ ...CERTIFICATE, spec });
  const input = { ...JOB.input, spec: { ...SPEC, ca: 'zerossl' } } as typeof JOB.input;
  await database.stores.jobs.create({ ...JOB, state: 'failed', input });
  expect(await history.lastRequest(PROJECT.id)).toMatchObject({
    request: { ca: { id: 'letsencrypt' } },
    autoRenew: true,
    usesProjectCredentials: true,
  });
});
