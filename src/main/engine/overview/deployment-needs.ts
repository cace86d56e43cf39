// Finds projects whose certificate could not be installed on a host, or is installed and not served.
import { limitError } from '../access/limited-view.ts';
import type { Stores } from '../core/stores.ts';
import type { Need } from './attention.ts';

export interface DeploymentNeed extends Need {
  readonly projectId: string;
  readonly deploymentId: string;
  /** Further deployments of the project with a problem. */
  readonly others: number;
}

/** One for each project. @param visible Only of these projects; null for all. */
export async function findDeploymentNeeds(
  { deployments }: Stores,
  visible: readonly string[] | null,
): Promise<readonly DeploymentNeed[]> {
  const troubled = await deployments.inStates(['failed', 'not-served']);
  const shown = troubled.filter(({ projectId }) => visible === null || visible.includes(projectId));
  return [...Map.groupBy(shown, ({ projectId }) => projectId)].flatMap(([projectId, of]) => {
    const first = of[0];
    if (first === undefined) return [];
    const need = { kind: 'deploy_failed', severity: 'warning' } as const;
    return [{ ...need, projectId, deploymentId: first.id, others: of.length - 1 }];
  });
}

/** @param isLimited Whether the caller may not read what a host wrote (access/limited-view.ts). */
export async function causeOfDeployment(
  stores: Stores,
  { deploymentId, others }: DeploymentNeed,
  isLimited: boolean,
): Promise<{
  readonly cause: string;
  readonly nextAttemptAt: string | null;
  readonly errorCode: string | null;
}> {
  const deployment = await stores.deployments.get(deploymentId);
  const targets = await stores.deployments.targets([deploymentId]);
  const runs = await stores.deploymentRuns.byIds(targets.flatMap(({ runId }) => runId ?? []));
  const failed = runs.find(({ error, state }) => error !== null && state !== 'cancelled') ?? null;
  const body = failed?.error ?? null;
  const error = (isLimited && body !== null ? limitError(body) : body)?.error ?? 'the deployment failed';
  const more =
    others === 0 ? '' : ` ${others} more ${others === 1 ? 'deployment has' : 'deployments have'} a problem.`;
  return {
    cause: `${deployment?.name ?? 'Deployment'}: ${error.replace(/\.$/, '')}.${more}`,
    nextAttemptAt: failed?.nextAttemptAt ?? null,
    errorCode: body?.code ?? null,
  };
}
