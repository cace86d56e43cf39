// Finds deployments and runs by id.
import { CertdeskError } from '../core/errors.ts';
import type { DeploymentRecord, DeploymentRunRecord } from '../core/model-deploy.ts';
import type { Stores } from '../core/stores.ts';

/** @throws DEPLOYMENT_NOT_FOUND */
export async function findDeployment(
  { deployments }: Pick<Stores, 'deployments'>,
  id: string,
): Promise<DeploymentRecord> {
  const deployment = await deployments.get(id);
  if (deployment === null) throw new CertdeskError('DEPLOYMENT_NOT_FOUND', `Deployment ${id} not found`);
  return deployment;
}

/** @throws DEPLOYMENT_RUN_NOT_FOUND */
export async function findRun(
  { deploymentRuns }: Pick<Stores, 'deploymentRuns'>,
  id: string,
): Promise<DeploymentRunRecord> {
  const run = await deploymentRuns.get(id);
  if (run === null) throw new CertdeskError('DEPLOYMENT_RUN_NOT_FOUND', `Deployment run ${id} not found`);
  return run;
}
