// A project that has changed is put into the lists that show it, row by row: a list of thousands is not asked for anew
// because of one of them.
import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import type { ListedProject, ProjectPage } from '../shared/project.ts';
import type { Api } from './api.ts';

const LISTS = { queryKey: [['projects', 'list'], { type: 'infinite' }] };

type Pages = InfiniteData<ProjectPage, unknown>;

/** Asks for those of the projects that a list shows, and replaces their rows. */
export async function patchRows(queries: QueryClient, api: Api, ids: readonly string[]): Promise<void> {
  const shown = ids.filter((id) => queries.getQueriesData<Pages>(LISTS).some(([, data]) => holds(data, id)));
  // One that is gone meanwhile has an event of its own.
  const found = await Promise.all(shown.map((id) => api.projects.get.query({ id }).catch(() => null)));
  const fresh = new Map(
    found.flatMap((project) => (project === null ? [] : [[project.id, project] as const])),
  );
  if (fresh.size === 0) return;
  queries.setQueriesData<Pages>(LISTS, (data) => data && replaceRows(data, fresh));
}

function holds(data: Pages | undefined, id: string): boolean {
  return data?.pages.some(({ projects }) => projects.some((project) => project.id === id)) === true;
}

/** Pages without a changed row stay the same objects. */
export function replaceRows(data: Pages, fresh: ReadonlyMap<string, ListedProject>): Pages {
  const pages = data.pages.map((page) => {
    if (!page.projects.some(({ id }) => fresh.has(id))) return page;
    return { ...page, projects: page.projects.map((project) => fresh.get(project.id) ?? project) };
  });
  return { ...data, pages };
}
