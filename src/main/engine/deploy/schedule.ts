// Inserts, supersedes and cancels runs. Always part of a transaction: the one that activates a version also inserts the
// runs that install it.
import { randomUUID } from 'node:crypto';
import type { RunTrigger } from '../../../shared/deployment-run.ts';
import type { Timestamp } from '../../../shared/time.ts';
import type { CertificateFacts } from '../core/model.ts';
import type { DeploymentRecord, DeploymentRunRecord } from '../core/model-deploy.ts';
import type { Stores } from '../core/stores.ts';
import { startOf } from './start-of-run.ts';
import { refreshState } from './state.ts';

export interface InsertRuns {
  readonly version: Pick<CertificateFacts, 'id' | 'fingerprint'>;
  readonly trigger: RunTrigger;
  /** Only these hosts of the deployment. Default: all. */
  readonly hostIds?: readonly string[];
  readonly force?: boolean;
  readonly ignoresWindow?: boolean;
  readonly now: Timestamp;
}

/** Inserts a run for each host, due at once or in the window. Runs that have not begun are superseded. @returns the ids of the runs */
export async function insertRuns(
  tx: Stores,
  { id: deploymentId, projectId, window }: Pick<DeploymentRecord, 'id' | 'projectId' | 'window'>,
  { version, trigger, hostIds, force = false, ignoresWindow = false, now }: InsertRuns,
): Promise<readonly string[]> {
  const targets = (await tx.deployments.targets([deploymentId])).filter(
    ({ hostId }) => hostIds === undefined || hostIds.includes(hostId),
  );
  const inserted: string[] = [];
  for (const { hostId } of targets) {
    await cancelRuns(tx, { deploymentId, hostId }, now);
    const wanted = { deploymentId, hostId, versionId: version.id, ignoresWindow };
    const start = await startOf(tx, window, wanted, now);
    const run: DeploymentRunRecord = {
      id: randomUUID(),
      deploymentId,
      projectId,
      hostId,
      versionId: version.id,
      fingerprint: version.fingerprint,
      state: start > now ? 'waiting-for-window' : 'pending',
      trigger,
      force,
      ignoresWindow,
      steps: [],
      error: null,
      reloadOwed: false,
      attempts: 0,
      unsettled: false,
      seenBefore: null,
      createdAt: now,
      startedAt: null,
      finishedAt: null,
      nextAttemptAt: start,
    };
    await tx.deploymentRuns.create(run);
    await tx.deployments.setLastRun({ deploymentId, hostId, runId: run.id });
    inserted.push(run.id);
  }
  await refreshState(tx, deploymentId, now);
  return inserted;
}

/**
 * Cancels runs that wait, and further attempts of failed ones. A run that is in progress finishes: it checks itself whether
 * its certificate may still be installed.
 * @returns how many were cancelled
 */
export async function cancelRuns(
  tx: Stores,
  of: { readonly deploymentId?: string; readonly projectId?: string; readonly hostId?: string },
  now: Timestamp,
): Promise<number> {
  const waiting = (await tx.deploymentRuns.unfinished(of)).filter(({ state }) => state !== 'running');
  for (const { id, state, reloadOwed } of waiting) {
    const ended = state === 'pending' || state === 'waiting-for-window';
    const patch = {
      ...(ended ? { state: 'cancelled' as const, finishedAt: now } : {}),
      ...(reloadOwed ? { unsettled: true } : {}), // the next contact makes up for it
    };
    await tx.deploymentRuns.update(id, { ...patch, nextAttemptAt: null });
  }
  return waiting.length;
}
