// The short form of the database's rows in docs/performance.md: queries on 20,000 projects are compared with the same
// on 1,000 in the same run, so that a busy machine slows both; and SQLite reports the index that it uses.
import { describe, expect, it } from 'vitest';
import { databaseQueries } from '../bench/database-queries.ts';
import { type DatabaseRow, measure, withProjects } from '../bench/database-rows.ts';
import { openTestDatabase, type TestDatabase } from '../support/engine/database.ts';
import { recordPlans } from '../support/engine/query-plans.ts';

const [FEW, MANY] = [1_000, 20_000];
const TURNS = 9;

/**
 * Queries that read a whole index, or all words, and may grow with it: a filter or a word that hardly any project
 * matches.
 */
const READS_ALL =
  /nobody|custom|a CA and|status none|search|facets|all at once|attention|by day|due|simulate/;

describe('the cost of queries on 20,000 projects', () => {
  it('grows slower than the number of projects, or not at all', { timeout: 180_000 }, async () => {
    const took = new Map<string, Map<number, Omit<DatabaseRow, 'query' | 'projects'>>>();
    for (const count of [FEW, MANY]) {
      await withProjects(count, async (stores, now) => {
        for (const query of await databaseQueries(stores, now)) {
          const [name] = query;
          took.set(name, (took.get(name) ?? new Map()).set(count, await measure(query, TURNS)));
        }
      });
    }
    const slow: string[] = [];
    /** A page of 50 projects with their certificates costs this at any size, and some filters leave fewer of 1,000. */
    const page = took.get('list by created asc')?.get(FEW)?.minMs ?? Number.NaN;
    for (const [name, of] of took) {
      const [few, many] = [of.get(FEW)?.minMs ?? 0, of.get(MANY)?.minMs ?? Number.NaN];
      const bound = READS_ALL.test(name) ? 20 * Math.max(few, page) : 5 * Math.max(few, page);
      if (!(many < bound))
        slow.push(`${name}: ${few.toFixed(2)} ms of ${FEW}, ${many.toFixed(2)} ms of ${MANY}`);
    }
    expect(took.size).toBeGreaterThan(80);
    expect(slow).toEqual([]);
  });
});

describe('the query plans of SQLite', () => {
  it('sort nothing and scan no table except for what is shown', async () => {
    const database: TestDatabase = openTestDatabase();
    try {
      const plansOf = await recordPlans(database.folder);
      const queries = new Map(await databaseQueries(plansOf.stores, new Date('2026-02-01T00:00:00Z')));
      const orders = { name: 'name', domain: 'domain', expiry: 'expiry', next_renewal: 'attempt' };
      for (const [sort, index] of Object.entries(orders)) {
        for (const more of [' asc', ' desc', ', a CA and a provider', ', failing and valid']) {
          const plans = await plansOf.listing(queries.get(`list by ${sort}${more}`));
          expect(plans).toHaveLength(sort === 'name' ? 1 : 2); // with a value, and without one
          for (const plan of plans)
            expect(plan).toMatch(new RegExp(`^\\w+ listing USING COVERING INDEX listing_by_${index}[^|]*$`));
        }
      }
      const counts = await plansOf.listing(queries.get('count by state'));
      for (const plan of counts) expect(plan).toMatch(/^\w+ listing USING COVERING INDEX \w+[^|]*$/);
      expect(counts).toHaveLength(8);
      expect(await plansOf.listing(queries.get('facets'))).toEqual([
        expect.stringMatching(/^SEARCH listing USING COVERING INDEX listing_kinds[^|]*$/),
      ]);
      const [due] = await plansOf.listing(queries.get('due'));
      expect(due).toContain('SEARCH listing USING COVERING INDEX listing_by_attempt (attempt_at<?)');
      const [search] = await plansOf.listing(queries.get('list by expiry, search host-007919'));
      expect(search).toContain('listing_search VIRTUAL TABLE INDEX');
      const [found] = (await plansOf.listing(queries.get('list by expiry, search host-007919'))).slice(-1);
      expect(found).toContain('SEARCH listing USING INTEGER PRIMARY KEY');
      plansOf.close();
    } finally {
      await database.close();
    }
  });
});
