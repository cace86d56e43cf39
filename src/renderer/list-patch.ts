// Updates changed projects in paginated lists. A list without filter or search replaces the rows of changed projects,
// because refetching thousands of projects for one change is too slow. A list with a filter, a search or an order by
// status may change with any event, so it is refetched, at most once per pause.
import type { InfiniteData, Query, QueryClient, QueryKey } from '@tanstack/react-query';
import type { ListedProject, ProjectPage } from '../shared/project.ts';
import { type Api, failureOf } from './api.ts';
import { refetch } from './refetch.ts';

const LISTS = { queryKey: [['projects', 'list'], { type: 'infinite' }] };
/** Minimum time between refetches of a list. */
const PAUSE_MS = 2_000;

type Pause = () => Promise<void>;
const pauseBetweenLists: Pause = () => new Promise((resolve) => void setTimeout(resolve, PAUSE_MS));

type Pages = InfiniteData<ProjectPage, unknown>;
type Fresh = ReadonlyMap<string, ListedProject>;

interface Answer {
  readonly id: string;
  readonly question: number;
  /** `failed`: the current row is unknown, so the lists are refetched. */
  readonly project: ListedProject | 'gone' | 'failed';
}

export interface Lists {
  /** Resolves when the rows in plain lists have been replaced. */
  changed(ids: readonly string[]): Promise<void>;
}

/** @param pause Waits between two refetches; tests end it themselves. */
export function createLists(queries: QueryClient, api: Api, pause: Pause = pauseBetweenLists): Lists {
  const renew = createRenewal(queries, pause);
  /** ID -> the latest request for it. Answers may arrive out of order. */
  const latest = new Map<string, number>();
  let questions = 0;

  async function ask(id: string): Promise<Answer> {
    questions += 1;
    const question = questions;
    latest.set(id, question);
    try {
      return { id, question, project: await api.projects.get.query({ id }) };
    } catch (error) {
      const gone = failureOf(error).body?.code === 'PROJECT_NOT_FOUND'; // the removal has its own event
      return { id, question, project: gone ? 'gone' : 'failed' };
    }
  }

  function put(answers: readonly Answer[]): void {
    const fresh = new Map<string, ListedProject>();
    const unknown = new Set<string>();
    for (const { id, project } of answers) {
      if (project === 'failed') unknown.add(id);
      else if (project !== 'gone') fresh.set(id, project);
    }
    for (const list of plainLists(queries)) {
      const { data } = list.state;
      if (data === undefined) continue;
      putRows(queries, list, fresh);
      if (some(data, (row) => unknown.has(row.id) || moves(row, fresh.get(row.id)))) renew([list]);
    }
  }

  async function patch(ids: readonly string[]): Promise<void> {
    const plain = plainLists(queries);
    // A list answer in transit may be older than the event, and would overwrite the new row.
    const coming = plain
      .filter(({ state }) => state.fetchStatus === 'fetching')
      .map(({ promise }) => promise);
    if (coming.length > 0) void Promise.allSettled(coming).then(() => patch(ids));
    const shown = ids.filter((id) => plain.some(({ state }) => some(state.data, (row) => row.id === id)));
    const answers = await Promise.all(shown.map(ask));
    const last = answers.filter(({ id, question }) => latest.get(id) === question);
    for (const { id } of last) latest.delete(id);
    put(last);
  }

  return {
    async changed(ids) {
      if (ids.length === 0) return;
      renew(findLists(queries).filter(({ queryKey }) => !isPlain(queryKey)));
      await patch(ids);
    },
  };
}

type List = Query<Pages, Error, Pages>;

const findLists = (queries: QueryClient): readonly List[] =>
  queries.getQueryCache().findAll(LISTS) as unknown as readonly List[];
const plainLists = (queries: QueryClient): readonly List[] =>
  findLists(queries).filter(({ queryKey }) => isPlain(queryKey));

const PLAIN_FIELDS: ReadonlySet<string> = new Set(['limit', 'sort', 'order']);
const PLAIN_SORTS: ReadonlySet<string> = new Set(['created', 'name', 'domain']);

/**
 * Whether the list contains all projects, in an order that changes only with a name or domain. @param key tRPC's query
 * key.
 */
export function isPlain(key: QueryKey): boolean {
  const { input } = Object(key[1]);
  const { sort = 'created' } = Object(input);
  return PLAIN_SORTS.has(sort) && Object.keys(Object(input)).every((field) => PLAIN_FIELDS.has(field));
}

/** Refetches lists immediately, and afterwards not before the pause has passed. */
function createRenewal(queries: QueryClient, pause: Pause): (lists: readonly List[]) => void {
  const stale = new Set<string>();
  let busy = false;

  async function run(): Promise<void> {
    busy = true;
    while (stale.size > 0) {
      const hashes = new Set(stale);
      stale.clear();
      await refetch(queries, { predicate: ({ queryHash }) => hashes.has(queryHash) });
      await pause();
    }
    busy = false;
  }

  return (lists) => {
    for (const { queryHash } of lists) stale.add(queryHash);
    if (!busy) void run();
  };
}

const some = (data: Pages | undefined, test: (row: ListedProject) => boolean): boolean =>
  data?.pages.some(({ projects }) => projects.some(test)) === true;

/** Whether the project's position in a plain list may have changed. */
const moves = (row: ListedProject, fresh: ListedProject | undefined): boolean =>
  fresh !== undefined && (row.name !== fresh.name || row.domain !== fresh.domain);

function putRows(queries: QueryClient, list: List, fresh: Fresh): void {
  const { data, isInvalidated } = list.state;
  if (data === undefined || !some(data, ({ id }) => fresh.has(id))) return;
  queries.setQueryData<Pages>(list.queryKey, replaceRows(data, fresh));
  // setQueryData marks the query as fresh, so it has to be invalidated again for other pending changes of an inactive
  // list.
  if (isInvalidated) list.invalidate();
}

/** Pages without a changed row keep their identity. */
function replaceRows(data: Pages, fresh: Fresh): Pages {
  const pages = data.pages.map((page) => {
    if (!page.projects.some(({ id }) => fresh.has(id))) return page;
    return { ...page, projects: page.projects.map((project) => fresh.get(project.id) ?? project) };
  });
  return { ...data, pages };
}
