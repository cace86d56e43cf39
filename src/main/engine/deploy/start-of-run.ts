// When a run may begin, by the window of its deployment and the certificate that is installed on its host.
import type { DeploymentWindow } from '../../../shared/deployment-window.ts';
import { type Timestamp, toTimestamp } from '../../../shared/time.ts';
import type { DeploymentRunRecord } from '../core/model-deploy.ts';
import type { Stores } from '../core/stores.ts';
import { refreshState } from './state.ts';
import { findInstalled } from './walk.ts';
import { startIn } from './window.ts';

/** @returns `now` if it need not wait */
export async function startOf(
  stores: Stores,
  window: DeploymentWindow | null,
  run: Pick<DeploymentRunRecord, 'deploymentId' | 'hostId' | 'versionId' | 'ignoresWindow'>,
  now: Timestamp,
): Promise<Timestamp> {
  if (window === null || run.ignoresWindow) return now;
  const version = await stores.certificates.get(run.versionId);
  if (version === null) return now; // the run itself reports it
  const last = await findInstalled(stores, run);
  const installed = last === null ? null : await stores.certificates.get(last.versionId);
  return toTimestamp(new Date(startIn(window, { now: Date.parse(now), installed, version })));
}

/** Lets runs that wait for a window begin now, because the key that is in use has leaked. */
export async function releaseWaiting(tx: Stores, deploymentId: string, now: Timestamp): Promise<void> {
  for (const { id, state } of await tx.deploymentRuns.unfinished({ deploymentId })) {
    if (state === 'running') continue;
    const waits = state === 'waiting-for-window';
    await tx.deploymentRuns.update(id, {
      ignoresWindow: true,
      nextAttemptAt: now,
      ...(waits ? { state: 'pending' as const } : {}),
    });
  }
  await refreshState(tx, deploymentId, now);
}
