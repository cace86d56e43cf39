// Derives the state of a deployment from its last run on each host. Stored, because lists filter and count by it.
import { DEPLOYED_STATES, type Deployed, type DeployedState } from '../../../shared/deployment.ts';
import { UNFINISHED_RUNS } from '../../../shared/deployment-run.ts';
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
  if (has(...UNFINISHED_RUNS)) return 'deploying';
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
  if (state !== deployment.state || (state === 'deployed' && at !== deployment.stateAt))
    await tx.deployments.update(deploymentId, { state, stateAt: at });
}

/**
 * Combines the states of a project's deployments: the most urgent one, and the last change among those.
 * @returns null if there is no deployment
 */
export function combineStates(
  rows: readonly Pick<DeploymentStateRow, 'state' | 'stateAt'>[],
): Deployed | null {
  const [state] = DEPLOYED_STATES.filter((each) => rows.some((row) => row.state === each));
  if (state === undefined) return null;
  const times = rows.filter((row) => row.state === state).map(({ stateAt }) => stateAt);
  return { state, at: times.toSorted().at(-1) ?? '' };
}
