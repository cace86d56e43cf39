// How projects are called where something is told of them.
import type { ProjectStore } from './stores/projects.ts';

/** @returns The domain, or else the name, by id, of those projects that are still there. */
export async function namesOf(
  projects: Pick<ProjectStore, 'get'>,
  of: readonly { readonly projectId: string | null }[],
): Promise<ReadonlyMap<string, string>> {
  const ids = new Set(of.flatMap(({ projectId }) => projectId ?? []));
  const found = await Promise.all([...ids].map((id) => projects.get(id)));
  return new Map(
    found.flatMap((each) => (each === null ? [] : [[each.id, each.domain ?? each.name] as const])),
  );
}
