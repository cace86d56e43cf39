// Manages credentials for hosts. Their values are write-only.
import { randomUUID } from 'node:crypto';
import type { CreateHostCredential, HostCredential, UpdateHostCredential } from '../../../shared/host.ts';
import { toTimestamp } from '../../../shared/time.ts';
import type { Journal } from '../audit/journal.ts';
import { CertdeskError } from '../core/errors.ts';
import type { HostCredentialRecord } from '../core/model-deploy.ts';
import type { Clock, SecretStore } from '../core/ports.ts';
import { hostCredentialSecret } from '../core/secret-names.ts';
import type { Stores } from '../core/stores.ts';
import {
  type CredentialValues,
  changeValues,
  hasValues,
  readCredential,
  valuesOf,
  writeCredential,
} from './credential-values.ts';
import { describeUsers, type User } from './in-use.ts';
import { findHostCredential } from './lookup.ts';

export interface HostCredentials {
  /** By name, without values. */
  list(): Promise<readonly HostCredential[]>;
  /** @throws HOST_CREDENTIAL_INVALID if the key cannot be read or its passphrase is wrong */
  create(body: CreateHostCredential): Promise<HostCredential>;
  /** @throws HOST_CREDENTIAL_NOT_FOUND, HOST_CREDENTIAL_INVALID, INVALID_REQUEST */
  update(id: string, body: UpdateHostCredential): Promise<HostCredential>;
  /** @throws HOST_CREDENTIAL_NOT_FOUND, HOST_CREDENTIAL_IN_USE (details.usedBy) */
  remove(id: string): Promise<void>;
}

/**
 * Reads an SSH private key.
 * @throws HOST_CREDENTIAL_INVALID if it cannot be read, or its passphrase is missing or wrong
 */
export type ReadKey = (
  privateKey: string,
  passphrase: string | null,
) => Promise<NonNullable<HostCredentialRecord['publicKey']>>;

export interface HostCredentialsDeps {
  readonly stores: Stores;
  readonly journal: Journal;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly readKey: ReadKey;
  /** The deployments whose files or commands use the credential. */
  deploymentsOf(id: string): Promise<readonly User[]>;
}

export function createHostCredentials(deps: HostCredentialsDeps): HostCredentials {
  const { stores, journal, secrets, clock, readKey } = deps;
  const now = () => toTimestamp(clock.now());

  const publicKeyOf = async (values: CredentialValues) =>
    values.kind === 'ssh-key' ? readKey(values.privateKey, values.passphrase) : null;

  async function present(credential: HostCredentialRecord): Promise<HostCredential> {
    const hosts = await stores.hostCredentials.usedBy(credential.id);
    return { ...credential, usedBy: hosts.map(({ id, name }) => ({ id, name })) };
  }

  async function assertUnused(tx: Stores, id: string): Promise<HostCredentialRecord> {
    const credential = await findHostCredential(tx, id);
    const hosts = await tx.hostCredentials.usedBy(id);
    const usedBy = [
      ...hosts.map((each) => ({ id: each.id, name: each.name })),
      ...(await deps.deploymentsOf(id)),
    ];
    if (usedBy.length === 0) return credential;
    throw new CertdeskError(
      'HOST_CREDENTIAL_IN_USE',
      `The credential ${credential.name} is in use (${describeUsers(usedBy)}). Select another credential there first`,
      { usedBy },
    );
  }

  return {
    async list() {
      return Promise.all((await stores.hostCredentials.list()).map(present));
    },

    async create(body) {
      const values = valuesOf(body);
      const at = now();
      const credential: HostCredentialRecord = {
        id: randomUUID(),
        name: body.name,
        kind: body.kind,
        publicKey: await publicKeyOf(values),
        createdAt: at,
        updatedAt: at,
      };
      // Save the values first: a row without values would be a credential that cannot work.
      await writeCredential(secrets, credential.id, values);
      await journal.write(async (tx, emit) => {
        await tx.hostCredentials.create(credential);
        await emit({
          kind: 'host-credential.created',
          message: `Host credential ${credential.name} (${credential.kind}) added`,
        });
      });
      return present(credential);
    },

    async update(id, body) {
      const credential = await findHostCredential(stores, id);
      const changes = hasValues(body);
      let publicKey = credential.publicKey;
      if (changes) {
        const values = changeValues(await readCredential(secrets, credential), body);
        publicKey = await publicKeyOf(values);
        await writeCredential(secrets, id, values);
      }
      const patch = { ...(body.name === undefined ? {} : { name: body.name }), publicKey, updatedAt: now() };
      await journal.write(async (tx, emit) => {
        await tx.hostCredentials.update(id, patch);
        const what = changes ? 'given new values' : 'changed';
        await emit({
          kind: 'host-credential.updated',
          message: `Host credential ${credential.name} ${what}`,
        });
      });
      return present({ ...credential, ...patch });
    },

    async remove(id) {
      await assertUnused(stores, id);
      // Delete the values first: if the secret store is unavailable, the row remains and the user can retry.
      await secrets.delete(hostCredentialSecret(id));
      await journal.write(async (tx, emit) => {
        const { name } = await assertUnused(tx, id);
        await tx.hostCredentials.delete(id);
        await emit({ kind: 'host-credential.removed', message: `Host credential ${name} removed` });
      });
    },
  };
}
