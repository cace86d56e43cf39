// Finds the deployments that use a secret: as a password of a file, or in the environment of a script.
import type { DeploymentRecord } from '../core/model-deploy.ts';
import type { Stores } from '../core/stores.ts';
import { type UsingDeployment, withProjects } from './users.ts';

/** The ids of all secrets that a deployment needs. */
export function secretsOf({ files, steps }: Pick<DeploymentRecord, 'files' | 'steps'>): readonly string[] {
  const passwords = files.flatMap(({ passwordCredentialId }) => passwordCredentialId ?? []);
  const values = steps.environment.flatMap(({ credentialId }) => credentialId ?? []);
  return [...new Set([...passwords, ...values])];
}

export const usersOfSecret = async (
  stores: Stores,
  credentialId: string,
): Promise<readonly UsingDeployment[]> =>
  withProjects(stores, await stores.deployments.withSecret(credentialId));
