// Finds the hosts and deployments that a NAME on the command line means.
import { CommandFailure } from './failure.ts';
import { findNearest } from './nearest.ts';
import { findProject, requireProject } from './projects.ts';
import { callJson, type Server } from './request.ts';
import { isRecord, valueAt } from './values.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

/**
 * @param names Projects or deployments.
 * @returns the fields of the request
 * @throws CommandFailure if one of them is neither, or several deployments have its name
 */
export async function findDeployables(
  server: Server,
  names: readonly string[],
): Promise<{ readonly projects: readonly string[]; readonly deployments: readonly string[] }> {
  const projects: string[] = [];
  const deployments: string[] = [];
  for (const name of names) {
    const { id, deployment } = await findDeployable(server, name);
    if (deployment === undefined) projects.push(id);
    else deployments.push(deployment);
  }
  return { projects, deployments };
}

/**
 * @param name A project, as for the other commands, or the name or ID of a deployment.
 * @returns the ID of the project; and of the deployment, if the name is that of one
 * @throws CommandFailure if neither has the name, or several deployments do
 */
async function findDeployable(
  server: Server,
  name: string,
): Promise<{ readonly id: string; readonly deployment?: string }> {
  const project = await findProject(server, name);
  if (project !== null) return { id: project.id };
  const found = await findDeployments(server, name);
  if (found.length > 1) throw ambiguous('deployments', name, found);
  const [deployment] = found;
  if (deployment === undefined) return requireProject(server, name); // it says which names are near
  return { id: deployment.projectId, deployment: deployment.id };
}

async function findDeployments(server: Server, name: string) {
  const byId = await callJson(server, 'GET', `/deployments/${encodeURIComponent(name.slice(0, 64))}`).catch(
    (error: unknown) => {
      if (error instanceof CommandFailure && error.body !== null) return null;
      throw error;
    },
  );
  const query = { q: name.slice(0, 200), limit: '500' };
  const rows =
    byId === null
      ? valueAt((await callJson(server, 'GET', '/deployments', { query })).value, 'deployments')
      : [byId.value];
  return (Array.isArray(rows) ? rows : []).flatMap((row: unknown) => {
    const projectId = valueAt(row, 'project.id');
    const is = isNamed(row) && (row.id === name || row.name === name);
    return is && typeof projectId === 'string' ? [{ id: row.id, name: row.name, projectId }] : [];
  });
}

/** @throws CommandFailure with the nearest name if no host has it, or if several have it */
export async function requireHost(server: Server, name: string): Promise<Named> {
  const rows = valueAt((await callJson(server, 'GET', '/hosts')).value, 'hosts');
  const hosts = Array.isArray(rows) ? rows.filter(isNamed) : [];
  const found = hosts.filter((host) => host.id === name || host.name === name);
  if (found.length > 1) throw ambiguous('hosts', name, found);
  const [host] = found;
  if (host !== undefined) return host;
  const nearest = findNearest(
    name,
    hosts.map((each) => each.name),
  );
  const advice = nearest === null ? '`certdesk hosts` lists all' : `Did you mean ${nearest}?`;
  const error = `There is no host ${name}. ${advice}`;
  throw new CommandFailure(error, { success: false, error, code: 'HOST_NOT_FOUND' });
}

function ambiguous(what: string, name: string, found: readonly Named[]): CommandFailure {
  const ids = found.map(({ id }) => id).join(', ');
  return new CommandFailure(`${found.length} ${what} have the name ${name}. Use an ID instead: ${ids}`);
}

function isNamed(value: unknown): value is Named {
  return isRecord(value) && typeof value.id === 'string' && typeof value.name === 'string';
}
