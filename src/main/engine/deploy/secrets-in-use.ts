// Finds the deployments that use a secret: as a password of a file, or in the environment of a script.
import type { DeploymentRecord } from '../core/model-deploy.ts';
import type { Stores } from '../core/stores.ts';

/** The ids of all secrets that a deployment needs. */
export function secretsOf({ files, steps }: Pick<DeploymentRecord, 'files' | 'steps'>): readonly string[] {
  const passwords = files.flatMap(({ passwordCredentialId }) => passwordCredentialId ?? []);
  const values = steps.environment.flatMap(({ credentialId }) => credentialId ?? []);
  return [...new Set([...passwords, ...values])];
}

export async function usersOfSecret(
  { deployments }: Stores,
  credentialId: string,
): Promise<readonly { readonly id: string; readonly name: string }[]> {
  const using = await deployments.withSecret(credentialId);
  return using.map(({ id, name }) => ({ id, name }));
}
