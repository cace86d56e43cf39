// Lets runs continue that a changed host key has stopped, once a person has accepted the new key.
import type { Timestamp } from '../../../shared/time.ts';
import type { Stores } from '../core/stores.ts';
import { refreshState } from './state.ts';

export async function rearmRefused(tx: Stores, hostId: string, now: Timestamp): Promise<void> {
  const targets = await tx.deployments.targetsOnHost(hostId);
  const runs = await tx.deploymentRuns.byIds(targets.flatMap(({ runId }) => runId ?? []));
  for (const { id, state, error, deploymentId, nextAttemptAt } of runs) {
    if (state !== 'failed' || error?.code !== 'HOST_KEY_REFUSED' || nextAttemptAt !== null) continue;
    if ((await tx.deployments.get(deploymentId))?.enabled !== true) continue;
    await tx.deploymentRuns.update(id, { nextAttemptAt: now });
    await refreshState(tx, deploymentId, now);
  }
}
