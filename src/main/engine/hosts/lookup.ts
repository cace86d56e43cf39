// Finds hosts and their credentials by id.
import { CertdeskError } from '../core/errors.ts';
import type { HostCredentialRecord, HostRecord } from '../core/model-deploy.ts';
import type { Stores } from '../core/stores.ts';

/** @throws HOST_NOT_FOUND */
export async function findHost({ hosts }: Pick<Stores, 'hosts'>, id: string): Promise<HostRecord> {
  const host = await hosts.get(id);
  if (host === null) throw new CertdeskError('HOST_NOT_FOUND', `Host ${id} not found`);
  return host;
}

/** @throws HOST_CREDENTIAL_NOT_FOUND */
export async function findHostCredential(
  { hostCredentials }: Pick<Stores, 'hostCredentials'>,
  id: string,
): Promise<HostCredentialRecord> {
  const credential = await hostCredentials.get(id);
  if (credential === null)
    throw new CertdeskError('HOST_CREDENTIAL_NOT_FOUND', `Host credential ${id} not found`);
  return credential;
}
