// Finds the projects of a server that the command line means.
import { explainInvalidName, toName } from '../../shared/identifiers.ts';
import { isIpAddress } from '../../shared/ip-address.ts';
import { CommandFailure } from './failure.ts';
import { findProjectIn, type NamedProject, type ProjectSource, requireProjectIn } from './find-project.ts';
import { callJson, notCertdesk, type Server } from './request.ts';
import { isRecord } from './values.ts';

/** The most that one page has. */
const PAGE = 500;

/** As findProjectIn. */
export function findProject(server: Server, name: string): Promise<NamedProject | null> {
  return findProjectIn(projectsOf(server), name);
}

/** As requireProjectIn. */
export function requireProject(server: Server, name: string): Promise<NamedProject> {
  return requireProjectIn(projectsOf(server), name);
}

const projectsOf = (server: Server): ProjectSource => ({
  read: (id) => readProject(server, id),
  search: (text) => search(server, text),
  list: () => listProjects(server),
});

/** Creates a project for a domain. @throws CommandFailure if the name is no domain, with the nearest project */
export async function findOrCreateProject(
  server: Server,
  name: string,
): Promise<{ readonly project: NamedProject; readonly isNew: boolean }> {
  const found = await findProject(server, name);
  if (found !== null) return { project: found, isNew: false };
  const domain = toName(name);
  if (domain === null && isIpAddress(name)) throw notCertifiable(name);
  if (domain === null || !(domain.includes('.') || isIpAddress(domain)))
    return { project: await requireProject(server, name), isNew: false };
  const { value } = await callJson(server, 'POST', '/projects', { body: { domain } });
  if (!isProject(value)) throw new CommandFailure(`${server.url} created no project`);
  return { project: value, isNew: true };
}

function notCertifiable(address: string): CommandFailure {
  const error = `The name ${address} ${explainInvalidName(address)}`;
  return new CommandFailure(error, { success: false, error, code: 'INVALID_REQUEST' });
}

export function listProjects(server: Server): Promise<readonly NamedProject[]> {
  return readAll(server, {});
}

/** @returns the first 500 projects, for completion, which must not take long */
export async function listFirstProjects(server: Server): Promise<readonly NamedProject[]> {
  return (await readPage(server, {})).projects;
}

/** More than one page may contain the text: that of `example.com` is in every name below it. */
function search(server: Server, q: string): Promise<readonly NamedProject[]> {
  return readAll(server, { q: q.slice(0, 200) });
}

type Query = Readonly<Record<string, string>>;

async function readAll(server: Server, query: Query): Promise<readonly NamedProject[]> {
  const found: NamedProject[] = [];
  let cursor: string | null = null;
  do {
    const page = await readPage(server, { ...query, ...(cursor === null ? {} : { cursor }) });
    found.push(...page.projects);
    cursor = page.next;
  } while (cursor !== null);
  return found;
}

interface Page {
  readonly projects: readonly NamedProject[];
  readonly next: string | null;
}

async function readPage(server: Server, query: Query): Promise<Page> {
  const { value } = await callJson(server, 'GET', '/projects', { query: { ...query, limit: String(PAGE) } });
  if (isRecord(value) && Array.isArray(value.projects) && value.projects.every(isProject))
    return { projects: value.projects, next: typeof value.nextCursor === 'string' ? value.nextCursor : null };
  throw strange(server);
}

async function readProject(server: Server, id: string): Promise<NamedProject | null> {
  try {
    const { value } = await callJson(server, 'GET', `/projects/${id}`);
    if (isProject(value)) return value;
  } catch (error) {
    if (error instanceof CommandFailure && error.body?.code === 'PROJECT_NOT_FOUND') return null;
    throw error;
  }
  throw strange(server);
}

const strange = (server: Server): CommandFailure =>
  notCertdesk(server, { status: 200, headers: { 'content-type': 'application/json' } });

function isProject(value: unknown): value is NamedProject {
  return (
    isRecord(value) &&
    typeof value.id === 'string' &&
    typeof value.name === 'string' &&
    Array.isArray(value.altNames) &&
    (value.domain === null || typeof value.domain === 'string')
  );
}
