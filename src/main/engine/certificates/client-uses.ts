// Finds what presents the certificate of a project as a client: its deployments by recipe, and its endpoints.
import { CLIENT_USES, clientUseOfEndpoint } from '../../../shared/client-auth.ts';
import type { Stores } from '../core/stores.ts';

/** More endpoints than a project usually has. */
const MAX_ENDPOINTS = 100;

/** @returns sentences without a period, as in shared/client-auth.ts; empty if nothing is known to */
export async function findClientUses(
  { deployments, endpoints }: Pick<Stores, 'deployments' | 'endpoints'>,
  projectId: string,
): Promise<readonly string[]> {
  const [deployed, watched] = await Promise.all([
    deployments.ofProject(projectId),
    endpoints.list({ ids: [projectId], project: projectId, limit: MAX_ENDPOINTS }),
  ]);
  const uses = [
    ...deployed.flatMap(({ recipe }) => CLIENT_USES[recipe ?? ''] ?? []),
    ...watched.items.flatMap((endpoint) => clientUseOfEndpoint(endpoint) ?? []),
  ];
  return [...new Set(uses)];
}
