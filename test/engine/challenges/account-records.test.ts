import { afterEach, beforeEach, expect, it } from 'vitest';
import { listAccountRecords } from '../../../src/main/engine/challenges/account-records.ts';
import { AccountRecordsSchema } from '../../../src/shared/ca-account.ts';
import { openTestDatabase, type TestDatabase } from '../../support/engine/database.ts';
import { CERTIFICATE, PROJECT, SPEC } from '../../support/engine/records.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = openTestDatabase();
  for (const id of ['a1', 'a2']) {
    const [directoryUrl, url] = [`https://${id}.example/directory`, `https://${id}.example/acct/1`];
    const keySealed = new Uint8Array();
    const createdAt = '2026-01-01T00:00:00Z';
    await database.stores.accounts.create({ id, directoryUrl, url, email: null, keySealed, createdAt });
  }
});
afterEach(() => database?.close());

async function add(id: string, challengeType: 'dns-persist-01' | 'http-01', accountId = 'a1'): Promise<void> {
  const domain = `${id}.example.com`;
  const names = [domain, `*.${domain}`];
  await database.stores.projects.create({ ...PROJECT, id, name: id, domain });
  const spec = { ...SPEC, names, challengeType };
  const certificate = { ...CERTIFICATE, id: `c-${id}`, projectId: id, domain, names, spec, accountId };
  await database.stores.certificates.activate(certificate);
}

it('lists the DNS records that name an account: dns-persist-01 records, and watched CAA records', async () => {
  await add('persist', 'dns-persist-01');
  await add('locked', 'http-01');
  await add('open', 'http-01');
  await add('plain', 'http-01');
  await add('other', 'dns-persist-01', 'a2');
  const check = { message: '', checkedAt: '2026-01-01T00:00:00Z', nextCheckAt: '2026-01-02T00:00:00Z' };
  await database.stores.caaLocks.put({ ...check, projectId: 'locked', state: 'locked' });
  await database.stores.caaLocks.put({ ...check, projectId: 'open', state: 'open' });
  expect(AccountRecordsSchema.parse(await listAccountRecords(database.stores, 'a1'))).toEqual({
    url: 'https://a1.example/acct/1',
    projects: [
      { projectId: 'locked', domain: 'locked.example.com', records: [], caaLock: true },
      {
        projectId: 'persist',
        domain: 'persist.example.com',
        records: ['_validation-persist.persist.example.com'],
        caaLock: false,
      },
    ],
  });
  await expect(listAccountRecords(database.stores, 'nobody')).rejects.toThrow(
    expect.objectContaining({ code: 'CA_ACCOUNT_NOT_FOUND' }),
  );
});
