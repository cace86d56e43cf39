// Makes a connectable host of a stored one: reads its credential from the secret store, and those of its jump hosts.
import { CertdeskError } from '../core/errors.ts';
import type { HostRecord } from '../core/model-deploy.ts';
import type { SecretStore } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import { type CredentialValues, readCredential } from '../hosts/credential-values.ts';
import { findHost, findHostCredential } from '../hosts/lookup.ts';
import { originOf } from '../outgoing/saved-by.ts';
import type { ConnectableHost, SshCredential, SshTarget } from './transport.ts';

export interface ConnectableDeps {
  readonly stores: Stores;
  readonly secrets: SecretStore;
}

/** @throws HOST_NOT_FOUND, HOST_CREDENTIAL_NOT_FOUND, HOST_CREDENTIAL_INVALID, SECRET_STORE_UNAVAILABLE */
export async function toConnectable(deps: ConnectableDeps, host: HostRecord): Promise<ConnectableHost> {
  const { name, transport, become } = host;
  return { name, transport, become, ssh: transport === 'local' ? null : await toTarget(deps, host) };
}

async function toTarget(deps: ConnectableDeps, host: HostRecord): Promise<SshTarget> {
  const { address, port, user, credentialId, hostKeys, savedBy, jumpHostId, name } = host;
  if (address === null || user === null || credentialId === null)
    throw new CertdeskError('HOST_UNREACHABLE', `The host ${name} has no address, user or credential`, {
      host: name,
      reason: 'incomplete',
    });
  const credential = await findHostCredential(deps.stores, credentialId);
  return {
    address,
    port,
    user,
    credential: toSshCredential(await readCredential(deps.secrets, credential)),
    hostKeys,
    origin: originOf(savedBy),
    jump: jumpHostId === null ? null : await toTarget(deps, await findHost(deps.stores, jumpHostId)),
  };
}

function toSshCredential(values: CredentialValues): SshCredential {
  switch (values.kind) {
    case 'ssh-key':
      return { kind: 'key', privateKey: values.privateKey, passphrase: values.passphrase };
    case 'ssh-password':
      return { kind: 'password', password: values.password };
    case 'ssh-agent':
      return { kind: 'agent', socket: values.socket };
    case 'secret':
    case 'aws':
      throw new CertdeskError('HOST_CREDENTIAL_INVALID', 'A secret or AWS keys cannot sign in to a host');
  }
}
