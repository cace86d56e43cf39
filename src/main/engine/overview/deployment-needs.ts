// Finds projects whose certificate could not be installed on a host, or is installed and not served.
import { limitError } from '../access/limited-view.ts';
import type { Stores } from '../core/stores.ts';
import { problemSentence, readOutcome } from '../deploy/rollout-outcome.ts';
import type { Need } from './attention.ts';

export interface DeploymentNeed extends Need {
  readonly projectId: string;
}

/** One for each project. @param visible Only of these projects; null for all. */
export async function findDeploymentNeeds(
  { deployments }: Stores,
  visible: readonly string[] | null,
): Promise<readonly DeploymentNeed[]> {
  const troubled = await deployments.inStates(['failed', 'not-served']);
  const shown = troubled.filter(({ projectId }) => visible === null || visible.includes(projectId));
  return [...new Set(shown.map(({ projectId }) => projectId))].map((projectId) => ({
    kind: 'deploy_failed',
    severity: 'warning',
    projectId,
  }));
}

/** @param isLimited Whether the caller may not read what a host wrote (access/limited-view.ts). */
export async function causeOfDeployment(
  stores: Stores,
  { projectId }: DeploymentNeed,
  isLimited: boolean,
): Promise<{
  readonly cause: string;
  readonly nextAttemptAt: string | null;
  readonly errorCode: string | null;
}> {
  const outcome = await readOutcome(stores, projectId);
  if (outcome === null) return { cause: 'The deployment failed.', nextAttemptAt: null, errorCode: null };
  const { run } = outcome.first ?? {};
  return {
    cause: await problemSentence(stores, outcome, isLimited ? limitError : undefined),
    nextAttemptAt: run?.nextAttemptAt ?? null,
    errorCode: run?.error?.code ?? null,
  };
}
