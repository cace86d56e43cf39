// The projects of a database as the command line finds them, with or without a running server.
import { toTimestamp } from '../../shared/time.ts';
import type { NamedProject, ProjectSource } from '../cli/find-project.ts';
import type { Stores } from '../engine/core/stores.ts';

const PAGE = 500;

export function projectsIn({ projects }: Stores): ProjectSource {
  async function list(q?: string): Promise<readonly NamedProject[]> {
    const now = toTimestamp(new Date());
    const found: NamedProject[] = [];
    let cursor: string | undefined;
    do {
      const page = await projects.list({ q, cursor, ids: null, now, soon: now, limit: PAGE });
      found.push(...page.items.map(({ project }) => project));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return found;
  }
  return { read: (id) => projects.get(id), search: (text) => list(text.slice(0, 200)), list: () => list() };
}
