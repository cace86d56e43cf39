// Saves the secret variables of an imported script as credentials, which nobody can read again.
import type { DeploymentSteps } from '../../../shared/deployment.ts';
import type { SecretStore } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import { readCredential } from '../hosts/credential-values.ts';
import type { HostCredentials } from '../hosts/credentials.ts';
import type { FoundVariable } from '../import/found-deployment.ts';

export interface AdoptVariablesDeps {
  readonly stores: Pick<Stores, 'hostCredentials'>;
  readonly secrets: SecretStore;
  readonly credentials: Pick<HostCredentials, 'create' | 'remove'>;
}

export interface AdoptedVariables {
  readonly environment: DeploymentSteps['environment'];
  /** Removes the credentials that were created. */
  undo(): Promise<void>;
}

/**
 * A credential that an earlier certificate of the same import created for the same variable and value is used again.
 * @throws SECRET_STORE_UNAVAILABLE
 */
export async function adoptVariables(
  deps: AdoptVariablesDeps,
  variables: readonly FoundVariable[],
): Promise<AdoptedVariables> {
  const created: string[] = [];
  const undo = async () => {
    for (const id of created) await deps.credentials.remove(id);
  };
  const environment: DeploymentSteps['environment'] = [];
  try {
    for (const { name, value, isSecret } of variables) {
      if (!isSecret) {
        environment.push({ name, value, credentialId: null });
        continue;
      }
      const title = `${name} of acme.sh`;
      const found = await findSame(deps, title, value);
      const id = found ?? (await deps.credentials.create({ kind: 'secret', name: title, value })).id;
      if (found === null) created.push(id);
      environment.push({ name, value: null, credentialId: id });
    }
  } catch (error) {
    await undo();
    throw error;
  }
  return { environment, undo };
}

async function findSame(
  { stores, secrets }: AdoptVariablesDeps,
  title: string,
  value: string,
): Promise<string | null> {
  for (const credential of await stores.hostCredentials.list()) {
    if (credential.kind !== 'secret' || credential.name !== title) continue;
    const read = await readCredential(secrets, credential).catch(() => null); // its values are lost
    if (read?.kind === 'secret' && read.value === value) return credential.id;
  }
  return null;
}
