// Whether the certificates of projects are installed where they should be, for their list.
import type { Deployed } from '../../../shared/deployed.ts';
import type { Stores } from '../core/stores.ts';
import { combineStates } from './state.ts';

/** By project; projects without deployments are missing. */
export async function findDeployed(
  stores: Pick<Stores, 'deployments'>,
  projectIds: readonly string[],
): Promise<ReadonlyMap<string, Deployed>> {
  if (projectIds.length === 0) return new Map();
  const rows = Map.groupBy(await stores.deployments.states(projectIds), ({ projectId }) => projectId);
  return new Map(
    [...rows].flatMap(([id, states]) => {
      const deployed = combineStates(states);
      return deployed === null ? [] : [[id, deployed] as const];
    }),
  );
}
