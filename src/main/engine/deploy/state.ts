// Derives the state of a deployment from its last run on each host. Stored, because lists filter and count by it.
import { DEPLOYED_STATES, type Deployed, type DeployedState } from '../../../shared/deployment.ts';
import type { Waiting } from '../../../shared/deployment-window.ts';
import type { Timestamp } from '../../../shared/time.ts';
import type { DeploymentRunRecord } from '../core/model-deploy.ts';
import type { DeploymentStateRow } from '../core/stores/deployments.ts';
import type { Stores } from '../core/stores.ts';

/** One host of a deployment, with its last run. */
export type LastRun = Pick<DeploymentRunRecord, 'state' | 'versionId' | 'createdAt' | 'finishedAt'> | null;

/** @param activeVersion Of the project's certificate; null if it has none. */
export function stateOf(
  enabled: boolean,
  runs: readonly LastRun[],
  activeVersion: string | null,
): DeployedState {
  if (!enabled) return 'paused';
  const has = (...states: readonly string[]) =>
    runs.some((run) => run !== null && states.includes(run.state));
  if (has('failed', 'rolled-back')) return 'failed';
  if (has('not-served')) return 'not-served';
  if (has('pending', 'running')) return 'deploying';
  if (has('waiting-for-window')) return 'waiting';
  if (runs.length === 0 || runs.includes(null) || has('cancelled') || activeVersion === null)
    return 'unknown';
  return runs.every((run) => run?.versionId === activeVersion) ? 'deployed' : 'outdated';
}

/** Computes the state again, and stores it if it has changed. */
export async function refreshState(tx: Stores, deploymentId: string, now: Timestamp): Promise<void> {
  const deployment = await tx.deployments.get(deploymentId);
  if (deployment === null) return;
  const targets = await tx.deployments.targets([deploymentId]);
  const found = await tx.deploymentRuns.byIds(targets.flatMap(({ runId }) => runId ?? []));
  const byId = new Map(found.map((run) => [run.id, run]));
  const runs = targets.map(({ runId }) => byId.get(runId ?? '') ?? null);
  const active = await tx.certificates.facts(deployment.projectId);
  const state = stateOf(deployment.enabled, runs, active?.id ?? null);
  const finished = runs.flatMap((run) => run?.finishedAt ?? []).toSorted();
  const at = state === 'deployed' ? (finished.at(-1) ?? now) : now;
  const waiting = state === 'waiting' ? await waitingOf(tx, runs) : null;
  const { until, renewed } = deployment.waiting ?? {};
  const waitsAsBefore = waiting?.until === until && waiting?.renewed === renewed;
  if (state !== deployment.state || !waitsAsBefore || (state === 'deployed' && at !== deployment.stateAt))
    await tx.deployments.update(deploymentId, { state, stateAt: at, waiting });
}

async function waitingOf(
  { certificates }: Stores,
  runs: readonly (DeploymentRunRecord | null)[],
): Promise<Waiting | null> {
  const waits = runs.filter((run) => run?.state === 'waiting-for-window');
  const [until] = waits.flatMap((run) => run?.nextAttemptAt ?? []).toSorted();
  const first = waits.find((run) => run?.trigger === 'activated');
  const version = first == null ? null : await certificates.get(first.versionId);
  return until === undefined ? null : { until, renewed: version !== null && version.renewedFrom !== null };
}

/**
 * Combines the states of a project's deployments: the most urgent one, and the last change among those.
 * @returns null if there is no deployment
 */
export function combineStates(
  rows: readonly Pick<DeploymentStateRow, 'state' | 'stateAt' | 'waiting'>[],
): Deployed | null {
  const [state] = DEPLOYED_STATES.filter((each) => rows.some((row) => row.state === each));
  if (state === undefined) return null;
  const same = rows.filter((row) => row.state === state);
  const [waiting = null] = same
    .flatMap((row) => row.waiting ?? [])
    .toSorted((a, b) => a.until.localeCompare(b.until));
  return {
    state,
    at:
      same
        .map(({ stateAt }) => stateAt)
        .toSorted()
        .at(-1) ?? '',
    waiting,
  };
}
