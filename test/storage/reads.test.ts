// Reads outside of transactions, on their own connection: the same records as the writer's, never uncommitted ones, and
// at once what another process has changed.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { TokenRecord } from '../../src/main/engine/core/model.ts';
import type { Stores } from '../../src/main/engine/core/stores.ts';
import { type Database, openDatabase } from '../../src/main/storage/database.ts';
import { createStores } from '../../src/main/storage/stores.ts';
import { CERTIFICATE, PROJECT } from '../support/engine/records.ts';

const TOKEN: TokenRecord = {
  id: 't1',
  name: 'ci',
  hash: 'ab12',
  scopes: ['projects:read'],
  projectIds: ['p1'],
  tags: [],
  createdAt: '2026-01-01T00:00:00Z',
  expiresAt: null,
  lastUsedAt: null,
  revokedAt: null,
};

let folder: string;
let database: Database;
let stores: Stores;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'certdesk-reads-'));
  database = openDatabase(join(folder, 'certdesk.db'));
  stores = createStores(database.db, database.reads);
  await stores.projects.create(PROJECT);
  await stores.tokens.create(TOKEN);
});
afterEach(async () => {
  await database?.close();
  rmSync(folder, { recursive: true });
});

it('returns the same records as the writer', async () => {
  const writer = createStores(database.db);
  await stores.certificates.activate({ ...CERTIFICATE, id: 'older' });
  await stores.certificates.activate({ ...CERTIFICATE, revokedAt: '2026-02-01T00:00:00Z' });
  const { chain: _, keySealed: __, ...facts } = { ...CERTIFICATE, revokedAt: '2026-02-01T00:00:00Z' };
  const all = async ({ projects, certificates, tokens }: Stores) => [
    await projects.get('p1'),
    await certificates.facts('p1'),
    await tokens.byHash('ab12'),
    (await certificates.active('p1'))?.chain,
    [...((await certificates.active('p1'))?.keySealed ?? [])],
  ];
  expect(await all(stores)).toEqual([PROJECT, facts, TOKEN, CERTIFICATE.chain, [1, 2, 3]]);
  expect(await all(writer)).toEqual(await all(stores));
});

it('returns nothing for missing records', async () => {
  await stores.certificates.activate({ ...CERTIFICATE, removedAt: '2026-02-01T00:00:00Z' });
  const found = [
    await stores.projects.get('p2'),
    await stores.certificates.active('p1'),
    await stores.certificates.facts('p1'),
    await stores.tokens.byHash('ab13'),
  ];
  expect(found).toEqual([null, null, null, null]);
});

it('sees a change when it is committed, and waits for no lock', async () => {
  await stores.transaction(async (tx) => {
    await tx.projects.update('p1', { name: 'Renamed' });
    expect((await tx.projects.get('p1'))?.name).toBe('Renamed');
    expect((await stores.projects.get('p1'))?.name).toBe('Shop'); // the writer is busy: it would wait for itself
  });
  expect((await stores.projects.get('p1'))?.name).toBe('Renamed');
});

it('sees at once what another process has written: a token that the command line revokes', async () => {
  expect((await stores.tokens.byHash('ab12'))?.revokedAt).toBeNull();
  const other = openDatabase(join(folder, 'certdesk.db'));
  await createStores(other.db).tokens.update('t1', { revokedAt: '2026-02-01T00:00:00Z' });
  expect((await stores.tokens.byHash('ab12'))?.revokedAt).toBe('2026-02-01T00:00:00Z');
  await other.close();
});

it('leaves no log behind when it is closed', async () => {
  await stores.projects.get('p1');
  await database.close();
  expect(readdirSync(folder)).toEqual(['certdesk.db']);
});
