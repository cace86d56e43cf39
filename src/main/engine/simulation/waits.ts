// How long deployments may wait for their next window.

import type { Stores } from '../core/stores.ts';
import { longestWaitHours } from '../deploy/window.ts';
import type { DeploymentWait } from './simulation.ts';

/** Lists the deployments with a window. */
export async function listWaits({ simulation }: Stores, now: Date): Promise<readonly DeploymentWait[]> {
  const windows = await simulation.windows();
  return windows.map(({ deploymentId, name, window, lifetimeHours }) => ({
    deploymentId,
    name,
    lifetimeHours,
    longestWaitHours: longestWaitHours(window, now),
  }));
}
