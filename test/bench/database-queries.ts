// The database queries at any size: the list in every order, with every kind of filter, searches, counts, the overview,
// and the renewal check's query for due certificates.

import type { ProjectFilter, ProjectQuery } from '../../src/main/engine/core/stores/projects.ts';
import type { Stores } from '../../src/main/engine/core/stores.ts';
import { createSimulation } from '../../src/main/engine/simulation/simulation.ts';
import { toTimestamp } from '../../src/shared/time.ts';

export type Query = readonly [name: string, ask: () => Promise<unknown>];

const DAY_MS = 86_400_000;
const SORTS = ['created', 'name', 'domain', 'expiry', 'next_renewal'] as const;
const ORDERS = ['asc', 'desc'] as const;

/** About one of each 100 projects; two of each 100; none; most; nearly all, in the words of many-projects.ts. */
const FILTERS: Readonly<Record<string, Partial<ProjectFilter>>> = {
  'status revoked': { status: 'revoked' },
  'status none': { status: 'none' },
  'failing and valid': { status: 'valid', failing: true },
  'a provider that nobody has': { provider: 'nobody-has-it' },
  'custom, which nothing renews': { type: 'custom' },
  'a CA and a provider': { ca: 'letsencrypt', provider: 'http-01' },
};

/** One host, ten, a thousand, all; two letters that occur nowhere and everywhere. */
const WORDS = ['host-007919', 'host-0079', '-00', 'example.com', 'zz', 'm', 'nothing like it'];

/** Once: finds the cursor of a page in the middle of each order. */
export async function databaseQueries(stores: Stores, now: Date): Promise<readonly Query[]> {
  const { projects, overview } = stores;
  const at = toTimestamp(now);
  const soon = toTimestamp(new Date(now.getTime() + 30 * DAY_MS));
  const window = { ids: null, from: at, to: toTimestamp(new Date(now.getTime() + 90 * DAY_MS)) };
  const filter: ProjectFilter = { ids: null, now: at, soon };
  const list = (more: Partial<ProjectQuery>) => () => projects.list({ ...filter, limit: 50, ...more });
  const count = (more: Partial<ProjectFilter>) => () => projects.count({ ...filter, ...more });
  const clock = { now: () => now };
  const simulator = createSimulation({ stores, clock, directories: {}, waits: async () => [] });
  const queries: Query[] = [];
  for (const sort of SORTS) {
    for (const order of ORDERS) {
      const cursor = await cursorInTheMiddle(stores, { ...filter, sort, order, limit: 500 });
      queries.push([`list by ${sort} ${order}`, list({ sort, order })]);
      queries.push([`list by ${sort} ${order}, in the middle`, list({ sort, order, cursor })]);
    }
    for (const [name, more] of Object.entries(FILTERS)) {
      queries.push([`list by ${sort}, ${name}`, list({ sort, ...more })]);
    }
    for (const q of WORDS) queries.push([`list by ${sort}, search ${q}`, list({ sort, q })]);
  }
  const ids = Array.from({ length: 1_000 }, (_, n) => `project-${n}`);
  queries.push(['list by expiry, of a token for 1,000 projects', list({ sort: 'expiry', ids })]);
  queries.push(['count by state, of a token for 1,000 projects', count({ ids })]);
  queries.push(['count by state', count({})]);
  for (const [name, more] of Object.entries(FILTERS)) queries.push([`count by state, ${name}`, count(more)]);
  for (const q of WORDS) queries.push([`count by state, search ${q}`, count({ q })]);
  return [
    ...queries,
    ['facets', () => projects.facets(null)],
    ['due', () => taken(stores.certificates.due(at))],
    ['due, all at once: the first 10', () => taken(stores.certificates.due('2999-01-01T00:00:00Z'), 10)],
    ['ask CAs about renewal', () => stores.certificates.toAsk('ari', { now: at, limit: 100 })],
    ['ask CAs about revocation', () => stores.certificates.toAsk('revocation', { now: at, limit: 100 })],
    ['attention', () => overview.candidates(null, { now: at, soon })],
    ['renewing', () => overview.renewing(null)],
    ['simulate a lifetime of 45 days', () => simulator.run(45)],
    ['upcoming', () => overview.upcoming({ ...window, limit: 301 })],
    ['upcoming by day', () => overview.upcomingDays({ ...window, timeZone: 'Europe/Berlin' })],
  ];
}

async function cursorInTheMiddle({ projects }: Stores, query: ProjectQuery): Promise<string | undefined> {
  const { counts } = await projects.count(query);
  let cursor: string | undefined;
  for (let passed = 0; passed < counts.total / 2; passed += query.limit) {
    const { nextCursor } = await projects.list({ ...query, cursor });
    if (nextCursor === null) break;
    cursor = nextCursor;
  }
  return cursor;
}

async function taken(from: AsyncIterable<string>, most = Number.POSITIVE_INFINITY): Promise<number> {
  let n = 0;
  for await (const _ of from) {
    n += 1;
    if (n >= most) break;
  }
  return n;
}
