// What the database itself does for endpoints: it makes them due in the transaction of a change, and pages stay apart.
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type EndpointRecord, NOT_CHECKED } from '../../src/main/engine/core/model-endpoint.ts';
import { openTestDatabase, type TestDatabase } from '../support/engine/database.ts';
import { CERTIFICATE, PROJECT } from '../support/engine/records.ts';

const LATER = '2099-01-01T00:00:00Z';
const AT = '2026-01-01T00:00:00Z';
let database: TestDatabase;

const endpoint = (id: string, more: Partial<EndpointRecord> = {}): EndpointRecord => ({
  id,
  projectIds: ['p1'],
  host: `${id}.example.com`,
  port: 443,
  protocol: 'tls',
  serverName: null,
  addresses: null,
  trust: null,
  expected: 'projects',
  intervalMinutes: 360,
  savedBy: { kind: 'window', id: null, name: 'Test' },
  createdAt: AT,
  updatedAt: AT,
  nextCheckAt: LATER,
  dueCount: 0,
  check: NOT_CHECKED,
  ...more,
});
const nextCheckAt = async (id = 'a') => (await database.stores.endpoints.get(id))?.nextCheckAt;

beforeEach(async () => {
  database = openTestDatabase();
  await database.stores.projects.create(PROJECT);
  await database.stores.endpoints.create(endpoint('a'));
  await database.stores.endpoints.create(endpoint('b', { projectIds: [] }));
});
afterEach(() => database?.close());

it('makes the endpoints of a project due when a certificate becomes active, and no others', async () => {
  await database.stores.certificates.activate(CERTIFICATE);
  expect(await nextCheckAt()).toBe(CERTIFICATE.storedAt);
  expect(await nextCheckAt('b')).toBe(LATER);
});

it('forgets what they were seen to serve when a certificate becomes active, in the same second too', async () => {
  const { endpoints, certificates } = database.stores;
  const servedOf = async () => (await endpoints.get('a'))?.check.served;
  expect(await servedOf()).toBeNull(); // nothing is expected there
  await certificates.activate(CERTIFICATE);
  expect(await servedOf()).toBeNull();
  await endpoints.update('a', {
    check: { ...NOT_CHECKED, served: 'current', checkedAt: CERTIFICATE.storedAt },
  });
  await certificates.activate({ ...CERTIFICATE, id: 'next', fingerprint: 'CD' });
  expect(await servedOf()).toBe('unknown');
  expect(await endpoints.served([PROJECT.id])).toMatchObject([{ served: 'unknown' }]);
});

it('makes them due when the last run of a rollout has ended, not before', async () => {
  const { db } = database;
  await sql`PRAGMA foreign_keys = OFF`.execute(db); // the runs need no hosts here
  const insert = (id: string, state: string, attempts: number) =>
    sql`INSERT INTO deployment_runs (id, deployment_id, project_id, host_id, version_id, fingerprint, state, trigger,
        force, steps, reload_owed, attempts, unsettled, created_at)
      VALUES (${id}, 'd', 'p1', ${id}, 'v', 'f', ${state}, 'activated', 0, '[]', 0, ${attempts}, 0, ${AT})`.execute(
      db,
    );
  const end = (id: string, state: string) =>
    sql`UPDATE deployment_runs SET state = ${state}, finished_at = ${AT} WHERE id = ${id}`.execute(db);
  await insert('r1', 'running', 1);
  await insert('r2', 'pending', 0);
  await insert('r3', 'pending', 4); // waits for another attempt, perhaps for days
  await end('r1', 'verified');
  expect(await nextCheckAt()).toBe(LATER);
  await end('r2', 'not-served');
  expect(await nextCheckAt()).toBe(AT);
  expect(await nextCheckAt('b')).toBe(LATER);
});

it('keeps an endpoint without its project as monitored only', async () => {
  await database.stores.projects.delete('p1');
  expect(await database.stores.endpoints.get('a')).toMatchObject({ projectIds: [] });
  expect(await database.stores.endpoints.served(['p1'])).toEqual([]);
});

it('pages without gaps or repetitions, by host and port', async () => {
  for (let n = 0; n < 25; n += 1)
    await database.stores.endpoints.create(
      endpoint(`e${n}`, { host: `h${n % 5}.example.com`, port: 1_000 + n }),
    );
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await database.stores.endpoints.list({ ids: null, limit: 4, cursor });
    seen.push(...page.items.map(({ host, port }) => `${host}:${port}`));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toHaveLength(27);
  expect(new Set(seen).size).toBe(27);
  expect(seen).toEqual(seen.toSorted());
  await expect(database.stores.endpoints.list({ ids: null, limit: 4, cursor: 'x' })).rejects.toMatchObject({
    code: 'INVALID_REQUEST',
  });
});

it('finds literal text only, also % and _, and never what another project has', async () => {
  await database.stores.endpoints.create(endpoint('c', { host: 'under_score.example.com' }));
  const find = async (q: string, ids: readonly string[] | null = null) =>
    (await database.stores.endpoints.list({ ids, q, limit: 10 })).items.map(({ id }) => id);
  expect(await find('_')).toEqual(['c']);
  expect(await find('%')).toEqual([]);
  expect(await find('A.EXAMPLE')).toEqual(['a']);
  expect(await find('example', ['p1'])).toEqual(['a', 'c']);
  expect(await find('example', [])).toEqual([]);
});
