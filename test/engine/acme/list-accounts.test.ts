import { afterEach, expect, it } from 'vitest';
import { listAccounts } from '../../../src/main/engine/acme/list-accounts.ts';
import { openTestDatabase, type TestDatabase } from '../../support/engine/database.ts';
import { CERTIFICATE, PROJECT } from '../../support/engine/records.ts';

let database: TestDatabase;
afterEach(() => database?.close());

const AT = '2026-01-01T00:00:00Z';
const account = (id: string, directoryUrl: string, createdAt = AT) => ({
  id,
  directoryUrl,
  email: null,
  url: `${directoryUrl}/${id}`,
  keySealed: new Uint8Array([1]),
  createdAt,
});

it('lists accounts with CA and number of active certificates, but without keys', async () => {
  database = openTestDatabase();
  const { stores } = database;
  await stores.accounts.create(account('own', 'https://pebble.example/dir', '2026-01-02T00:00:00Z'));
  await stores.accounts.create(account('staging', 'https://acme-staging-v02.api.letsencrypt.org/directory'));
  await stores.accounts.create(account('other', 'https://ca.example/dir', '2026-01-03T00:00:00Z'));
  for (const [n, accountId] of ['own', 'own', 'other'].entries()) {
    await stores.projects.create({ ...PROJECT, id: `p${n}` });
    await stores.certificates.activate({ ...CERTIFICATE, id: `c${n}`, projectId: `p${n}`, accountId });
  }
  await stores.certificates.update('c2', { removedAt: AT });
  const listed = await listAccounts(stores, { production: 'https://pebble.example/dir', staging: undefined });
  expect(listed).toEqual([
    {
      id: 'staging',
      directoryUrl: 'https://acme-staging-v02.api.letsencrypt.org/directory',
      url: 'https://acme-staging-v02.api.letsencrypt.org/directory/staging',
      email: null,
      createdAt: AT,
      ca: "Let's Encrypt",
      staging: true,
      certificates: 0,
    },
    // A replacement of Let's Encrypt by --acme-directory is still another CA.
    expect.objectContaining({ id: 'own', ca: null, staging: false, certificates: 2 }),
    expect.objectContaining({ id: 'other', ca: null, staging: null, certificates: 0 }),
  ]);
});
