// The table `listing` and its indexes compared with a full scan: it follows every change of projects and certificates,
// and lists, counts and searches return what the scan does.
import fc from 'fast-check';
import { type Kysely, sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProjectQuery } from '../../src/main/engine/core/stores/projects.ts';
import type { Schema } from '../../src/main/storage/schema.ts';
import { coversName } from '../../src/shared/names.ts';
import { openTestDatabase, type TestDatabase } from '../support/engine/database.ts';
import {
  AT,
  CERTIFICATE_VALUES,
  certificateOf,
  countOf,
  filtersOf,
  type Listed,
  listOf,
  ORDERINGS,
  PROJECT_VALUES,
  projectOf,
} from '../support/engine/listed-projects.ts';

let database: TestDatabase;

beforeEach(() => {
  database = openTestDatabase();
});
afterEach(() => database?.close());

/** Every id, page by page. */
async function walk(query: Omit<ProjectQuery, 'cursor'>): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await database.stores.projects.list({ ...query, cursor });
    ids.push(...page.items.map(({ project }) => project.id));
    expect(ids.length).toBeLessThan(20_000); // each once
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return ids;
}

async function fill(count: number): Promise<readonly Listed[]> {
  const projects = fc.sample(PROJECT_VALUES, count);
  const certificates = fc.sample(fc.option(CERTIFICATE_VALUES, { freq: 8 }), count);
  const all = projects.map((values, n): Listed => {
    const [id, held] = [`p${n}`, certificates[n] ?? null];
    return { project: projectOf(id, values), certificate: held && certificateOf(`c${n}`, id, held) };
  });
  await database.stores.transaction(async (tx) => {
    for (const { project, certificate } of all) {
      await tx.projects.create(project);
      if (certificate !== null) await tx.certificates.activate(certificate);
    }
  });
  return all;
}

describe('lists and counts', () => {
  // 80: everything is looked up and sorted. 9,000: too many matches for that, so orders are scanned.
  it.each([
    [80, { runs: 400, limits: [1, 3, 7, 100] }],
    [9_000, { runs: 100, limits: [499, 500] }],
  ])('of %i projects match a scan of all of them', { timeout: 600_000 }, async (count, { runs, limits }) => {
    const all = await fill(count);
    const filters = filtersOf(all.map(({ project }) => project.id));
    await fc.assert(
      fc.asyncProperty(filters, ORDERINGS, fc.constantFrom(...limits), async (filter, ordering, limit) => {
        const query = { ...filter, ...ordering };
        expect(await walk({ ...query, limit })).toEqual(listOf(all, query));
        expect(await database.stores.projects.count(filter)).toEqual(countOf(all, filter));
      }),
      { numRuns: runs },
    );
  });

  it('accept a zero byte in a word or a name', async () => {
    const { projects } = database.stores;
    const project = projectOf('p', {
      name: 'x',
      domain: 'shop.example.com',
      altNames: ['www.b.test'],
      tags: [],
      sameName: false,
    });
    await projects.create({ ...project, name: 'be\0hind' });
    const found = (q: string) => walk({ ...AT, ids: null, limit: 9, q });
    for (const q of ['shop', 'www.b', 'be', 'example']) expect([q, await found(q)]).toEqual([q, ['p']]);
    for (const q of ['sh\0p', '\0', '\0\0\0\0']) {
      expect(await projects.count({ ...AT, ids: null, q })).toMatchObject({
        matching: (await found(q)).length,
      });
    }
  });
});

type Change = (n: number, values: Values) => Promise<void>;
type Values = {
  readonly project: Parameters<typeof projectOf>[1];
  readonly held: Parameters<typeof certificateOf>[2];
};

describe('the list table', () => {
  it('follows every change, in any order', { timeout: 600_000 }, async () => {
    const { projects, certificates } = database.stores;
    let made = 0;
    const active = async (n: number) => certificates.active(`p${n}`);
    const patch = async (n: number, change: Parameters<typeof certificates.update>[1]) => {
      const certificate = await active(n);
      if (certificate !== null) await certificates.update(certificate.id, change);
    };
    const exists = async (n: number) => (await projects.get(`p${n}`)) !== null;
    const changes: Readonly<Record<string, Change>> = {
      async create(n, { project }) {
        if (!(await exists(n))) await projects.create(projectOf(`p${n}`, project));
      },
      update: (n, { project }) => projects.update(`p${n}`, projectOf(`p${n}`, project)),
      rename: (n, { project }) => projects.update(`p${n}`, { name: project.name }),
      remove: (n) => projects.delete(`p${n}`),
      async activate(n, { held }) {
        made += 1;
        if (await exists(n)) await certificates.activate(certificateOf(`c${made}`, `p${n}`, held));
      },
      renewal: (n, { held }) => patch(n, { renewal: certificateOf('c', 'p', held).renewal }),
      autoRenew: (n, { held }) => patch(n, { autoRenew: held.autoRenew }),
      revoke: (n, { held }) => patch(n, { revokedAt: held.revokedAt }),
      acknowledge: (n) => patch(n, { acknowledgement: { at: AT.now, by: 'tester', note: 'known' } }),
      supersede: (n) => patch(n, { supersededAt: AT.now }),
      withdraw: (n) => patch(n, { removedAt: AT.now }),
      async putBack(n) {
        const [newest] = (await certificates.versions(`p${n}`, 1)).items;
        if (newest && (await active(n)) === null)
          await certificates.update(newest.id, { removedAt: null, supersededAt: null });
      },
      async release(n) {
        await certificates.release({ projectId: `p${n}` });
      },
      async purge() {
        await certificates.purgeSuperseded('2026-03-01T00:00:00Z');
        await certificates.purgeRemoved('2026-03-01T00:00:00Z');
      },
    };
    const values = fc.record({ project: PROJECT_VALUES, held: CERTIFICATE_VALUES });
    const step = fc.tuple(fc.constantFrom(...Object.keys(changes)), fc.integer({ min: 0, max: 5 }), values);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        for (const [name, n, given] of steps) await changes[name]?.(n, given);
        await expectTruth(database.db);
      }),
      { numRuns: 400 },
    );
  });

  it('is rolled back with its change', async () => {
    const [first] = await fill(20);
    const before = await listingOf(database.db);
    const undone = database.stores.transaction(async (tx) => {
      await tx.projects.update('p0', { name: 'another name' });
      await tx.projects.delete('p1');
      await tx.certificates.activate(
        certificateOf('new', 'p0', fc.sample(CERTIFICATE_VALUES, 1)[0] as Values['held']),
      );
      throw new Error('not after all');
    });
    await expect(undone).rejects.toThrow('not after all');
    expect(first).toBeDefined();
    expect(await listingOf(database.db)).toEqual(before);
    await expectTruth(database.db);
  });
});

const listingOf = async (db: Kysely<Schema>) =>
  (await sql`SELECT * FROM listing ORDER BY seq`.execute(db)).rows;

/** @param names Of the active certificate, as JSON; null without one. */
function firstUncovered(domain: string | null, altNames: string, names: string | null): string | null {
  if (names === null) return null;
  const held: readonly string[] = JSON.parse(names);
  const wanted = [domain, ...JSON.parse(altNames)].filter((name): name is string => name !== null);
  return wanted.find((name) => !held.some((pattern) => coversName(pattern, name))) ?? null;
}

/** @throws if `listing`, its words or their index do not match projects and certificates. */
async function expectTruth(db: Kysely<Schema>): Promise<void> {
  const truth = await sql<{ domain: string | null; alt_names: string; names: string | null }>`
    SELECT p.alt_names, c.names, p.seq, p.id AS project_id, p.name, p.domain, c.expires_at, c.attempt_at, c.revoked_at, c.failures, c.type,
      c.ca, c.provider, c.issued_at, c.acknowledgement ->> '$.at' AS acknowledged_at
    FROM projects p LEFT JOIN certificates c
      ON c.project_id = p.id AND c.superseded_at IS NULL AND c.removed_at IS NULL ORDER BY p.seq`.execute(db);
  expect(await listingOf(db)).toEqual(
    truth.rows.map(({ alt_names, names, ...row }) => ({
      ...row,
      uncovered: firstUncovered(row.domain, alt_names, names),
    })),
  );
  const words = await sql<{ seq: number; words: string }>`SELECT * FROM listing_words ORDER BY seq`.execute(
    db,
  );
  const projects = await db.selectFrom('projects').selectAll().orderBy('seq').execute();
  expect(words.rows).toEqual(
    projects.map(({ seq, name, domain, alt_names }) => ({
      seq,
      words: [alt_names === '[]' ? null : alt_names, domain === name ? null : domain, name]
        .filter((text) => text !== null)
        .join('\x1f'),
    })),
  );
  await sql`INSERT INTO listing_search (listing_search, rank) VALUES ('integrity-check', 1)`.execute(db);
}
