// Shows the runs of deployments, and retries failed ones.
import type { DeploymentRun } from '../../../shared/deployment-run.ts';
import { toTimestamp } from '../../../shared/time.ts';
import type { Journal } from '../audit/journal.ts';
import { CertdeskError } from '../core/errors.ts';
import type { DeploymentRunRecord } from '../core/model-deploy.ts';
import type { Clock } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import { findDeployment, findRun } from './lookup.ts';
import { presentRuns } from './present.ts';
import { refreshState } from './state.ts';

export interface DeploymentRuns {
  /** Newest first. @throws DEPLOYMENT_NOT_FOUND */
  list(deploymentId: string, limit: number): Promise<readonly DeploymentRun[]>;
  /** @throws DEPLOYMENT_RUN_NOT_FOUND */
  get(id: string): Promise<DeploymentRun>;
  /** The project of a run, for the access check. @throws DEPLOYMENT_RUN_NOT_FOUND */
  projectOf(id: string): Promise<string>;
  /**
   * Starts the next attempt of a run that failed now. Does nothing if it is due or in progress.
   * @throws DEPLOYMENT_RUN_NOT_FOUND, DEPLOYMENT_RUN_ENDED, DEPLOYMENT_PAUSED
   */
  retry(id: string): Promise<DeploymentRun>;
}

export interface DeploymentRunsDeps {
  readonly stores: Stores;
  readonly journal: Journal;
  readonly clock: Clock;
}

export function createDeploymentRuns({ stores, journal, clock }: DeploymentRunsDeps): DeploymentRuns {
  const now = () => toTimestamp(clock.now());
  async function present(run: DeploymentRunRecord): Promise<DeploymentRun> {
    const [presented] = await presentRuns(stores, [run]);
    if (presented === undefined) throw new CertdeskError('DEPLOYMENT_RUN_NOT_FOUND');
    return presented;
  }

  return {
    async list(deploymentId, limit) {
      await findDeployment(stores, deploymentId);
      return presentRuns(stores, await stores.deploymentRuns.list({ deploymentId, limit }));
    },
    get: async (id) => present(await findRun(stores, id)),
    projectOf: async (id) => (await findRun(stores, id)).projectId,

    async retry(id) {
      await journal.write(async (tx, emit) => {
        const run = await findRun(tx, id);
        const { state, deploymentId, projectId, hostId } = run;
        if (state === 'pending' || state === 'waiting-for-window' || state === 'running') return;
        const [last] = await tx.deploymentRuns.list({ deploymentId, hostId, limit: 1 });
        if (last?.id !== id)
          throw new CertdeskError('DEPLOYMENT_RUN_ENDED', 'A newer run has replaced this one');
        if (!RETRYABLE.includes(state))
          throw new CertdeskError(
            'DEPLOYMENT_RUN_ENDED',
            `This run has ended (${state}). Deploy again instead`,
          );
        const { enabled, name } = await findDeployment(tx, deploymentId);
        if (!enabled) throw new CertdeskError('DEPLOYMENT_PAUSED');
        await tx.deploymentRuns.update(id, { nextAttemptAt: now() });
        await refreshState(tx, deploymentId, now());
        const message = `Deployment ${name} is retried`;
        await emit({ kind: 'deployment.retried', projectId, message, data: { deploymentId, runId: id } });
      });
      return present(await findRun(stores, id));
    },
  };
}

const RETRYABLE: readonly DeploymentRunRecord['state'][] = ['failed', 'rolled-back', 'not-served'];
