// Finds a project by id, and the names of projects for messages.
import { CertdeskError } from './errors.ts';
import type { ProjectRecord } from './model.ts';
import type { ProjectStore } from './stores/projects.ts';
import type { Stores } from './stores.ts';

/** @throws PROJECT_NOT_FOUND */
export async function findProject(stores: Stores, id: string): Promise<ProjectRecord> {
  const project = await stores.projects.get(id);
  if (project === null) throw new CertdeskError('PROJECT_NOT_FOUND', `Project ${id} not found`);
  return project;
}

/** @returns by project id, the domain (or else the name) of each project that still exists */
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
