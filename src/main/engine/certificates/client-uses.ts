// Finds what presents the certificate of a project as a client: its deployments by recipe, and its endpoints.
import { CLIENT_USES, clientUseOfEndpoint } from '../../../shared/client-auth.ts';
import type { ClientUseAcknowledgement } from '../core/stores/client-uses.ts';
import type { Stores } from '../core/stores.ts';

/** More endpoints than a project usually has. */
const MAX_ENDPOINTS = 100;

/** Keys of CLIENT_USES (shared/client-auth.ts). */
export interface ClientUses {
  /** Those to warn about. */
  readonly open: readonly string[];
  /** Those that `acknowledgement` covers. */
  readonly acknowledged: readonly string[];
  readonly acknowledgement: ClientUseAcknowledgement | null;
}

export async function findClientUses(
  { deployments, endpoints, clientUses }: Pick<Stores, 'deployments' | 'endpoints' | 'clientUses'>,
  projectId: string,
): Promise<ClientUses> {
  const [deployed, watched, [acknowledgement = null]] = await Promise.all([
    deployments.ofProject(projectId),
    endpoints.list({ ids: [projectId], project: projectId, limit: MAX_ENDPOINTS }),
    clientUses.acknowledged([projectId]),
  ]);
  const uses = new Set([
    ...deployed.flatMap(({ recipe }) =>
      recipe !== null && Object.hasOwn(CLIENT_USES, recipe) ? recipe : [],
    ),
    ...watched.items.flatMap((endpoint) => clientUseOfEndpoint(endpoint) ?? []),
  ]);
  const isAcknowledged = (use: string): boolean => acknowledgement?.uses.includes(use) ?? false;
  return {
    open: [...uses].filter((use) => !isAcknowledged(use)),
    acknowledged: [...uses].filter(isAcknowledged),
    acknowledgement,
  };
}
