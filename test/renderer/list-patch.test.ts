// Lists of an open page while projects change, against a real server; only the connection is slowed or broken.
import { InfiniteQueryObserver, type QueryClient } from '@tanstack/react-query';
import { createTRPCClient, httpLink } from '@trpc/client';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppRouter } from '../../src/main/api/router.ts';
import { createLists, isPlain } from '../../src/renderer/list-patch.ts';
import type { ListSearch } from '../../src/renderer/projects/list-search.ts';
import { createQueryClient } from '../../src/renderer/query-client.ts';
import { startApp, type TestApp } from '../support/server/app.ts';

let app: TestApp;
let queries: QueryClient;
/** Paths below /trpc, in the order of the requests. */
let asked: string[];
/** What happens to an answer on its way. */
let way: (path: string, answer: Response) => Promise<Response>;
const endings: (() => void)[] = [];
/** Each pause between two requests for lists: call it to end it. */
let pauses: (() => void)[];

function open() {
  const client = createTRPCClient<AppRouter>({
    links: [
      httpLink({
        url: `${app.app.address}/trpc`,
        headers: { Authorization: `Bearer ${app.token}` },
        async fetch(input, init) {
          const path = new URL(String(input)).pathname.replace('/trpc/', '');
          asked.push(path);
          return way(path, await fetch(String(input), init as RequestInit));
        },
      }),
    ],
  });
  const api = createTRPCOptionsProxy<AppRouter>({ client, queryClient: queries });
  return {
    lists: createLists(queries, client, () => new Promise((resolve) => pauses.push(resolve))),
    /** A list as a page shows it. @returns its rows' names, or the result of `read` */
    async show(search: ListSearch) {
      const options = api.projects.list.infiniteQueryOptions(
        { limit: 50, sort: 'domain', ...search },
        { getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined },
      );
      const observer = new InfiniteQueryObserver(queries, options);
      endings.push(observer.subscribe(() => undefined));
      const rows = () => observer.getCurrentResult().data?.pages.flatMap(({ projects }) => projects) ?? [];
      await expect.poll(() => observer.getCurrentResult().isSuccess).toBe(true);
      return { rows, domains: () => rows().map(({ domain }) => domain) };
    },
  };
}

const change = (id: string, body: object) => app.call('PATCH', `/projects/${id}`, { body });
const listed = () => asked.filter((path) => path === 'projects.list').length;

it.each<[boolean, ListSearch]>([
  [true, {}],
  [true, { sort: 'created', order: 'desc' }],
  [true, { sort: 'name' }],
  [false, { sort: 'expiry' }],
  [false, { sort: 'next_renewal' }],
  [false, { status: 'none' }],
  [false, { failing: false }],
  [false, { q: 'shop' }],
  [false, { provider: 'http-01' }],
])('a plain list: %s for %j', (expected, search) => {
  expect(isPlain([['projects', 'list'], { input: { limit: 250, ...search }, type: 'infinite' }])).toBe(
    expected,
  );
});

describe('an open list', () => {
  beforeEach(async () => {
    app = await startApp();
    queries = createQueryClient(() => undefined);
    asked = [];
    pauses = [];
    way = async (_, answer) => answer;
  });
  afterEach(async () => {
    for (const end of endings.splice(0)) end();
    queries?.clear();
    await app?.stop();
  });

  it('replaces a row of a plain list without a new request', async () => {
    const { lists, show } = open();
    const id = await app.project('a.example.com');
    await app.project('b.example.com');
    const { rows } = await show({});
    await change(id, { altNames: ['c.example.com'] });
    await lists.changed([id]);
    expect(rows().map(({ altNames }) => altNames)).toEqual([['c.example.com'], []]);
    expect(asked).toEqual(['projects.list', 'projects.get']);
  });

  it('moves a row of a plain list after a new domain', async () => {
    const { lists, show } = open();
    const id = await app.project('a.example.com');
    await app.project('b.example.com');
    const { domains } = await show({});
    await change(id, { domain: 'z.example.com' });
    await lists.changed([id]);
    await expect.poll(domains).toEqual(['b.example.com', 'z.example.com']);
  });

  it('reloads a list with a search for changed matches, but not at each event', async () => {
    const { lists, show } = open();
    const ids = [await app.project('old.example.com'), await app.project('b.example.com')];
    const [first = '', second = ''] = ids;
    const { domains } = await show({ q: 'old' });
    expect(domains()).toEqual(['old.example.com']);
    await change(first, { name: 'new', domain: 'new.example.com' });
    await change(second, { altNames: ['old.b.example.com'] });
    for (let event = 0; event < 20; event += 1) await lists.changed(ids);
    await expect.poll(() => pauses.length).toBe(1);
    expect(domains()).toEqual(['b.example.com']);
    await change(first, { altNames: ['old.new.example.com'] });
    for (let event = 0; event < 20; event += 1) await lists.changed([first]);
    expect(listed()).toBe(2); // when it was opened, and at the first of all those events
    pauses.shift()?.();
    await expect.poll(domains).toEqual(['b.example.com', 'new.example.com']);
    expect(asked).toEqual(Array(3).fill('projects.list'));
  });

  it('drops an answer that a later request has overtaken', async () => {
    const { lists, show } = open();
    const id = await app.project('a.example.com');
    const { rows } = await show({});
    const [held, arrives] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    way = async (path, answer) => {
      if (path !== 'projects.get' || asked.filter((each) => each === path).length > 1) return answer;
      held.resolve();
      await arrives.promise;
      return answer;
    };
    await change(id, { altNames: ['older.example.com'] });
    const older = lists.changed([id]);
    await held.promise;
    await change(id, { altNames: ['newer.example.com'] });
    await lists.changed([id]);
    expect(rows()[0]?.altNames).toEqual(['newer.example.com']);
    arrives.resolve();
    await older;
    expect(rows()[0]?.altNames).toEqual(['newer.example.com']);
  });

  it('reloads if a row did not arrive', async () => {
    const { lists, show } = open();
    const id = await app.project('a.example.com');
    const { rows } = await show({});
    way = async (path, answer) =>
      path === 'projects.get' ? new Response('<h1>Bad Gateway</h1>', { status: 502 }) : answer;
    await change(id, { altNames: ['c.example.com'] });
    await lists.changed([id]);
    await expect.poll(() => rows()[0]?.altNames).toEqual(['c.example.com']);
  });

  it('leaves a removed project to the event of its removal', async () => {
    const { lists, show } = open();
    const id = await app.project('a.example.com');
    await show({});
    await app.call('DELETE', `/projects/${id}`);
    await lists.changed([id]);
    expect(queries.isFetching()).toBe(0);
    expect(asked).toEqual(['projects.list', 'projects.get']);
  });

  it('remembers for inactive lists too that they lack a project', async () => {
    const { lists, show } = open();
    const id = await app.project('a.example.com');
    await show({});
    for (const end of endings.splice(0)) end();
    await app.project('b.example.com');
    await queries.invalidateQueries({ queryKey: [['projects', 'list']] }); // like the event of a new project
    await lists.changed([id]);
    const { domains } = await show({});
    await expect.poll(domains).toEqual(['a.example.com', 'b.example.com']);
  });

  it('adds a row to a plain list whose answer was under way when it changed', async () => {
    const { lists, show } = open();
    const id = await app.project('a.example.com');
    way = async (path, answer) => {
      if (path === 'projects.list' && listed() === 1) {
        await change(id, { altNames: ['c.example.com'] });
        await lists.changed([id]);
      }
      return answer;
    };
    const { rows } = await show({});
    await expect.poll(() => rows()[0]?.altNames).toEqual(['c.example.com']);
  });
});
