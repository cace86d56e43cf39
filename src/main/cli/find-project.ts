// Finds the project that a NAME on the command line means, among the projects of a server or a database.
import { toName } from '../../shared/identifiers.ts';
import { CommandFailure } from './failure.ts';
import { findNearest } from './nearest.ts';

export interface NamedProject {
  readonly id: string;
  readonly name: string;
  readonly domain: string | null;
  readonly altNames: readonly string[];
}

export interface ProjectSource {
  /** @returns null if no project has the id */
  read(id: string): Promise<NamedProject | null>;
  /** @returns all projects with this text in their names or domains, in any case */
  search(text: string): Promise<readonly NamedProject[]>;
  list(): Promise<readonly NamedProject[]>;
}

/**
 * @param name A domain, the name or the ID of a project, or one of its other names.
 * @returns null if no project has it
 * @throws CommandFailure if several projects have it
 */
export async function findProjectIn(source: ProjectSource, name: string): Promise<NamedProject | null> {
  const domain = toName(name);
  const withId = isId(name) ? await source.read(name) : null;
  if (withId !== null) return withId;
  const byName = await source.search(name);
  const candidates =
    byName.length > 0 || domain === null || domain === name ? byName : await source.search(domain);
  const is = (...tests: ((project: NamedProject) => boolean)[]) =>
    tests.map((test) => candidates.filter(test)).find((each) => each.length > 0) ?? [];
  const same = is(
    (project) => project.domain !== null && project.domain === domain,
    (project) => project.name === name,
    ({ altNames }) => domain !== null && altNames.includes(domain),
  );
  if (same.length > 1)
    throw new CommandFailure(
      `${same.length} projects have the name ${name}. Use an ID instead: ${same.map(({ id }) => id).join(', ')}`,
    );
  return same[0] ?? null;
}

/** Like `findProjectIn`. @throws CommandFailure with the nearest name, if no project has it */
export async function requireProjectIn(source: ProjectSource, name: string): Promise<NamedProject> {
  const found = await findProjectIn(source, name);
  if (found !== null) return found;
  const known = (await source.list()).flatMap((project) => [
    project.name,
    ...(project.domain === null ? [] : [project.domain]),
    ...project.altNames,
  ]);
  const nearest = findNearest(name, known);
  const advice = nearest === null ? '`certdesk projects` lists all' : `Did you mean ${nearest}?`;
  const error = `There is no project ${name}. ${advice}`;
  throw new CommandFailure(error, { success: false, error, code: 'PROJECT_NOT_FOUND' });
}

const isId = (name: string): boolean => /^[0-9a-f-]{36}$/.test(name);
