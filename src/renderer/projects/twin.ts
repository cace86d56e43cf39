// Whether there is a project of the same domain already: a second one is made on purpose only.

import { toDnsName } from '../../shared/names.ts';
import type { ListedProject } from '../../shared/project.ts';
import type { Api } from '../api.ts';

export type Twin = Pick<ListedProject, 'id' | 'name'> & { readonly domain: string };

/** @param domain As it was typed. @returns null where no project has it as its domain. */
export async function findTwin(api: Api, domain: string): Promise<Twin | null> {
  const wanted = toDnsName(domain.trim());
  if (wanted === null) return null;
  const { projects } = await api.projects.list.query({ q: wanted, sort: 'domain', limit: 500 });
  const found = projects.find((project) => project.domain === wanted);
  return found === undefined ? null : { id: found.id, name: found.name, domain: wanted };
}
