import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProjectFilter, ProjectQuery } from '../../src/main/engine/core/stores/projects.ts';
import { openTestDatabase, type TestDatabase } from '../support/engine/database.ts';
import { makeManyProjects } from '../support/engine/many-projects.ts';
import { CERTIFICATE, PROJECT, SPEC } from '../support/engine/records.ts';

const FILTER: ProjectFilter = { ids: null, now: '2026-02-01T00:00:00Z', soon: '2026-03-03T00:00:00Z' };

let database: TestDatabase;

beforeEach(() => {
  database = openTestDatabase();
});
afterEach(() => database?.close());

async function add(
  id: string,
  certificate: Partial<typeof CERTIFICATE> | null,
  project: Partial<typeof PROJECT> = {},
): Promise<void> {
  const { stores } = database;
  await stores.projects.create({ ...PROJECT, id, name: id, domain: `${id}.example.com`, ...project });
  if (certificate === null) return;
  await stores.certificates.activate({ ...CERTIFICATE, id: `c-${id}`, projectId: id, ...certificate });
}

/** Every id, page by page. */
async function walk(query: Partial<ProjectQuery>, limit = 100): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await database.stores.projects.list({ ...FILTER, limit, cursor, ...query });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    ids.push(...page.items.map(({ project }) => project.id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return ids;
}

describe('the order of a list', () => {
  beforeEach(async () => {
    await add('b', { expiresAt: '2026-03-01T00:00:00Z' }, { name: 'beta', domain: 'z.example.com' });
    await add('none', null, { name: 'Alpha', domain: null });
    await add(
      'a',
      { expiresAt: '2026-02-10T00:00:00Z', autoRenew: false },
      { name: 'ALPHA', domain: 'a.example.com' },
    );
    await add('c', { expiresAt: '2026-03-01T00:00:00Z' }, { name: 'gamma', domain: 'm.example.com' });
  });

  it.each([
    ['created', 'asc', 'b none a c'],
    ['created', 'desc', 'c a none b'],
    ['name', 'asc', 'none a b c'], // any case; of equal ones the older first
    ['name', 'desc', 'c b a none'],
    ['domain', 'asc', 'a c b none'],
    ['domain', 'desc', 'b c a none'],
    ['expiry', 'asc', 'a b c none'],
    ['expiry', 'desc', 'c b a none'],
    ['next_renewal', 'asc', 'b c none a'], // no renewal ahead: last
    ['next_renewal', 'desc', 'c b a none'],
  ] as const)('%s %s', async (sort, order, expected) => {
    for (const limit of [1, 2, 100]) expect((await walk({ sort, order }, limit)).join(' ')).toBe(expected);
  });

  it('refuses the cursor of another order, and an invalid one', async () => {
    const { nextCursor } = await database.stores.projects.list({ ...FILTER, limit: 1, sort: 'name' });
    const refused = (query: Partial<ProjectQuery>) =>
      expect(database.stores.projects.list({ ...FILTER, limit: 1, ...query })).rejects.toMatchObject({
        code: 'INVALID_REQUEST',
        details: { issues: [{ field: 'cursor' }] },
      });
    await refused({ sort: 'domain', cursor: nextCursor ?? '' });
    await refused({ sort: 'name', order: 'desc', cursor: nextCursor ?? '' });
    for (const bad of ['', 'x', Buffer.from('["name","asc",1,2]').toString('base64url')]) {
      await refused({ sort: 'name', cursor: bad });
    }
  });
});

describe('filters', () => {
  it('narrow the list and its counts alike', async () => {
    const certificate = fc.record({
      state: fc.constantFrom('valid', 'expiring_soon', 'expired', 'revoked', 'none'),
      failures: fc.constantFrom(0, 0, 3),
      spec: fc.constantFrom(null, 'http-01', 'cloudflare'),
      ca: fc.constantFrom('letsencrypt', 'zerossl'),
    });
    const projects = fc.sample(certificate, 60);
    const expiries = { valid: '2026-05-01T00:00:00Z', expiring_soon: '2026-02-20T00:00:00Z' };
    for (const [n, { state, failures, spec, ca }] of projects.entries()) {
      const dns = spec === 'cloudflare' ? ({ challengeType: 'dns-01', dnsProvider: spec } as const) : {};
      await add(
        `p${n}`,
        state === 'none'
          ? null
          : {
              type: spec === null ? 'custom' : 'letsencrypt',
              expiresAt:
                state === 'expired'
                  ? '2026-01-02T00:00:00Z'
                  : (expiries[state as 'valid'] ?? '2026-05-01T00:00:00Z'),
              revokedAt: state === 'revoked' ? FILTER.now : null,
              spec: spec === null ? null : { ...SPEC, ...dns, ca },
              renewal: { ...CERTIFICATE.renewal, failures },
            },
        { name: n % 2 === 0 ? 'even' : 'odd' },
      );
    }
    const option = <T>(...values: readonly T[]) => fc.constantFrom(undefined, undefined, ...values);
    const filters = fc.record({
      status: option('valid', 'expiring_soon', 'expired', 'revoked', 'none'),
      failing: option(true, false),
      provider: option('http-01', 'cloudflare', 'aws'),
      ca: option('letsencrypt', 'zerossl'),
      type: option('custom', 'letsencrypt'),
      q: option('even', 'p1', ''),
      ids: fc.constantFrom(null, null, ['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'nobody']),
    });
    await fc.assert(
      fc.asyncProperty(filters, async (given) => {
        const filter = { ...FILTER, ...given } as ProjectFilter;
        const { status, failing, provider, ca, type, q = '', ids } = filter;
        const alike = projects.flatMap((each, n) => {
          const held = each.state !== 'none';
          const byAcme = held && each.spec !== null;
          const fits =
            (provider === undefined || (byAcme && each.spec === provider)) &&
            (ca === undefined || (byAcme && each.ca === ca)) &&
            (type === undefined || (held && type === (byAcme ? 'letsencrypt' : 'custom'))) &&
            `p${n}.example.com ${n % 2 === 0 ? 'even' : 'odd'}`.includes(q) &&
            (ids === null || ids.includes(`p${n}`));
          return fits ? [{ ...each, id: `p${n}`, failing: held && each.failures > 0 }] : [];
        });
        const shown = alike.filter(
          (each) =>
            (status === undefined || each.state === status) &&
            (failing === undefined || each.failing === failing),
        );
        expect(await walk(filter, 7)).toEqual(shown.map(({ id }) => id));
        const { matching, counts } = await database.stores.projects.count(filter);
        expect(matching).toBe(shown.length);
        const { total, failing: failed, ...states } = counts;
        expect([total, failed]).toEqual([alike.length, alike.filter((each) => each.failing).length]);
        for (const [state, count] of Object.entries(states)) {
          expect([state, count]).toEqual([state, alike.filter((each) => each.state === state).length]);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('find further names, but not the brackets that they are stored in', async () => {
    await add('p1', null, { altNames: ['www.shop.example.org', '*.shop.example.org'] });
    await add('p2', null, { altNames: [] });
    expect(await walk({ q: 'WWW.shop' })).toEqual(['p1']);
    expect(await walk({ q: '*.shop' })).toEqual(['p1']);
    expect(await walk({ q: '[' })).toEqual([]);
    expect(await walk({ q: '","' })).toEqual([]);
  });

  it('list their possible values', async () => {
    await add('p1', {});
    await add('p2', {
      spec: { ...SPEC, ca: 'zerossl', challengeType: 'dns-01', dnsProvider: 'aws' },
      type: 'acme',
    });
    await add('p3', {});
    await add('p4', { spec: null, type: 'custom' });
    await add('p5', null);
    expect(await database.stores.projects.facets(null)).toEqual({
      providers: [
        { id: 'http-01', count: 2 },
        { id: 'aws', count: 1 },
      ],
      cas: [
        { id: 'letsencrypt', count: 2 },
        { id: 'zerossl', count: 1 },
      ],
      tags: [],
      types: expect.arrayContaining([
        { id: 'letsencrypt', count: 2 },
        { id: 'acme', count: 1 },
        { id: 'custom', count: 1 },
      ]),
    });
    expect((await database.stores.projects.facets(['p2', 'p5'])).providers).toEqual([
      { id: 'aws', count: 1 },
    ]);
  });
});

describe('3,000 projects', () => {
  // Its speed: test/measure/database.spec.ts.
  it('fill a page with all that match', async () => {
    await makeManyProjects(database.stores, 3_000, new Date(FILTER.now));
    const { projects } = database.stores;
    const queries: readonly Partial<ProjectQuery>[] = [
      {},
      { sort: 'name' },
      { sort: 'domain', order: 'desc' },
      { sort: 'expiry' },
      { sort: 'next_renewal', status: 'valid' },
      { q: 'host-001' },
      { q: 'nothing like it' },
      { provider: 'cloudflare', failing: true, sort: 'expiry' },
    ];
    for (const query of queries) {
      const filter = { ...FILTER, ...query };
      const { matching } = await projects.count(filter);
      expect((await projects.list({ ...filter, limit: 100 })).items.length).toBe(Math.min(100, matching));
    }
  });
});
