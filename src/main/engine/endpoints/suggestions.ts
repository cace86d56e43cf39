// Suggests endpoints: port 443 of each name of a certificate, and the ports that deployments check.

import type { Protocol } from '../../../shared/endpoint.ts';
import type { EndpointSuggestion } from '../../../shared/endpoint-record.ts';
import { toName } from '../../../shared/identifiers.ts';
import { findProject } from '../core/project-lookup.ts';
import type { Stores } from '../core/stores.ts';
import { defaultServerName } from './names.ts';

/** What a deployment of a project serves, as far as its recipe tells. */
export interface ServedPort {
  readonly port: number;
  readonly protocol: Protocol;
  /** The name to connect to; null: the names of the certificate. */
  readonly serverName: string | null;
  /** `Postfix` */
  readonly service: string;
}

export interface SuggestionDeps {
  readonly stores: Stores;
  /** The ports that the deployments of a project serve. */
  servedPorts(projectId: string): Promise<readonly ServedPort[]>;
}

/** Projects without an endpoint that are suggested at a time. */
const MAX_PROJECTS = 200;

/**
 * @param projectId Only of this project; null: of every project that has a certificate but no endpoint.
 * @param visible Only of these projects; null: all.
 * @throws PROJECT_NOT_FOUND
 */
export async function suggestEndpoints(
  { stores, servedPorts }: SuggestionDeps,
  projectId: string | null,
  visible: readonly string[] | null,
): Promise<readonly EndpointSuggestion[]> {
  const projects =
    projectId === null
      ? await stores.endpoints.projectsWithout(visible, MAX_PROJECTS)
      : [await namesOfProject(stores, projectId)];
  const all = await Promise.all(
    projects.map(async ({ projectId: id, name, names }) => {
      const hosts = [...new Set(names.map(baseName))];
      const ports = await servedPorts(id);
      const web = hosts.map((host) => suggestion(host, 443, 'tls', `${host} is a name of the certificate`));
      const deployed = ports.flatMap(({ port, protocol, serverName, service }) =>
        (serverName === null ? hosts : [baseName(serverName)]).map((host) =>
          suggestion(host, port, protocol, `${service} serves the certificate there`),
        ),
      );
      return [...web, ...deployed].map((each) => ({ ...each, projectId: id, project: name }));
    }),
  );
  const missing = await Promise.all(
    all.flat().map(async (each) => {
      const known = await stores.endpoints.find({ ...each, serverName: defaultServerName(each.host) });
      return known === null ? [each] : [];
    }),
  );
  const unique = new Map(missing.flat().map((each) => [`${each.host} ${each.port} ${each.protocol}`, each]));
  return [...unique.values()];
}

/** The base name of a wildcard: `*.example.com` covers no name that Certdesk knows. */
function baseName(name: string): string {
  return name.replace(/^\*\./, '');
}

function suggestion(host: string, port: number, protocol: Protocol, reason: string) {
  return { host, port, protocol, reason };
}

async function namesOfProject(stores: Stores, id: string) {
  const { domain, altNames, name } = await findProject(stores, id);
  const certificate = await stores.certificates.facts(id);
  const names = [...(domain === null ? [] : [domain]), ...altNames, ...(certificate?.names ?? [])];
  return { projectId: id, name: domain ?? name, names: names.filter((each) => toName(each) === each) };
}
