// DNS credentials: named ones that projects share, and the one that is kept with a project. Their values are in the
// secret store and nowhere else, and no answer holds one.
import { randomUUID } from 'node:crypto';
import type {
  CreateDnsCredential,
  DnsCredential,
  TestDnsCredentials,
  UpdateDnsCredential,
} from '../../shared/dns-credential.ts';
import { toTimestamp } from '../../shared/time.ts';
import { type CredentialTestResult, testDnsCredential } from './dns/credential-test.ts';
import type { DnsCredentials } from './dns/credentials.ts';
import { checkDnsCredentials, createDnsProvider, getDnsProvider } from './dns/providers.ts';
import { CertdeskError } from './errors.ts';
import type { Journal } from './journal.ts';
import type { DnsCredentialRecord } from './model.ts';
import type { AddressPolicy } from './outgoing/address-policy.ts';
import { originOf, type SavedBy, toSavedBy } from './outgoing/saved-by.ts';
import type { Clock, Log, SecretStore } from './ports.ts';
import type { Stores } from './stores.ts';

export interface DnsCredentialVerbs {
  create(body: CreateDnsCredential): Promise<DnsCredential>;
  list(): Promise<readonly DnsCredential[]>;
  /** @throws DNS_CREDENTIAL_NOT_FOUND */
  get(id: string): Promise<DnsCredential>;
  /** New values take the place of the old ones: what uses it goes on with them. */
  update(id: string, body: UpdateDnsCredential): Promise<DnsCredential>;
  /** @throws DNS_CREDENTIAL_IN_USE (details.usedBy) */
  remove(id: string): Promise<void>;
  /** Writes and removes a TXT record. @throws DNS_* with the step that failed and the permission that is lacking */
  test(id: string, zone: string | undefined, signal: AbortSignal): Promise<CredentialTestResult>;
  /** The same with values that are not kept. */
  tryOut(body: TestDnsCredentials, signal: AbortSignal): Promise<CredentialTestResult>;
}

export interface DnsCredentialDeps {
  readonly stores: Stores;
  readonly journal: Journal;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly dnsEndpoints: Readonly<Record<string, string>>;
  readonly addressPolicy: AddressPolicy;
}

/** Before the credential's id: the name of its values in the secret store. */
export const CREDENTIAL_SECRET = 'dns-credential:';

/** Where the values of a named credential are kept. */
export const credentialSecret = (id: string): string => CREDENTIAL_SECRET + id;

/** @throws DNS_CREDENTIAL_NOT_FOUND */
export async function findDnsCredential(stores: Stores, id: string): Promise<DnsCredentialRecord> {
  const record = await stores.dnsCredentials.get(id);
  if (record === null)
    throw new CertdeskError('DNS_CREDENTIAL_NOT_FOUND', `There is no DNS credential ${id}`);
  return record;
}

export function createDnsCredentials(deps: DnsCredentialDeps): DnsCredentialVerbs {
  const { stores, journal, secrets, clock } = deps;
  const now = () => toTimestamp(clock.now());

  async function present(record: DnsCredentialRecord): Promise<DnsCredential> {
    const projects = await stores.dnsCredentials.usedBy(record.id);
    const savedBy = { kind: record.savedBy.kind, name: record.savedBy.name };
    return { ...record, savedBy, usedBy: projects.map(({ id, name, domain }) => ({ id, name, domain })) };
  }

  /** The same server stays its saver's; it becomes a person's where a person saves it again. */
  async function saverOf(record: DnsCredentialRecord, values: DnsCredentials): Promise<SavedBy> {
    const by = toSavedBy(journal.actor());
    if (originOf(by) === 'named') return by;
    const before: DnsCredentials = JSON.parse((await secrets.get(credentialSecret(record.id))) ?? '{}');
    const addresses = (await getDnsProvider(record.provider)).credentials.filter(({ address }) => address);
    return addresses.every(({ name }) => before[name] === values[name]) ? record.savedBy : by;
  }

  async function tryOut(
    id: string,
    { values, savedBy, zone }: { values: DnsCredentials; savedBy: SavedBy; zone: string | undefined },
    signal: AbortSignal,
  ) {
    const guard = { addressPolicy: deps.addressPolicy, origin: originOf(savedBy) };
    const options = { clock, log: deps.log, endpoint: deps.dnsEndpoints[id] ?? null, ...guard };
    const [definition, provider] = await Promise.all([
      getDnsProvider(id),
      createDnsProvider(id, values, options),
    ]);
    return testDnsCredential({ provider, definition, signal, ...(zone === undefined ? {} : { zone }) });
  }

  return {
    async create({ name, provider, credentials }) {
      const values = await checkDnsCredentials(provider, credentials);
      const at = now();
      const savedBy = toSavedBy(journal.actor());
      const stamps = { createdAt: at, updatedAt: at };
      const record: DnsCredentialRecord = { id: randomUUID(), name, provider, savedBy, ...stamps };
      // The values first: a row without values would be a credential that cannot work.
      await secrets.set(credentialSecret(record.id), JSON.stringify(values));
      await journal.write(async (tx, emit) => {
        await tx.dnsCredentials.create(record);
        await emit({ kind: 'dns-credential.created', message: `DNS credential ${name} (${provider}) kept` });
      });
      return present(record);
    },

    async list() {
      return Promise.all((await stores.dnsCredentials.list()).map(present));
    },

    get: async (id) => present(await findDnsCredential(stores, id)),

    async update(id, { name, credentials }) {
      const record = await findDnsCredential(stores, id);
      let savedBy = {};
      if (credentials !== undefined) {
        const values = await checkDnsCredentials(record.provider, credentials);
        savedBy = { savedBy: await saverOf(record, values) };
        await secrets.set(credentialSecret(id), JSON.stringify(values));
      }
      const patch = { updatedAt: now(), ...savedBy, ...(name === undefined ? {} : { name }) };
      await journal.write(async (tx, emit) => {
        await tx.dnsCredentials.update(id, patch);
        if (credentials !== undefined) await tx.certificates.release({ dnsCredentialId: id });
        const what = credentials === undefined ? 'renamed' : 'given new values';
        await emit({ kind: 'dns-credential.updated', message: `DNS credential ${record.name} ${what}` });
      });
      return present({ ...record, ...patch });
    },

    async remove(id) {
      const assertIdle = async (tx: Stores): Promise<DnsCredentialRecord> => {
        const record = await findDnsCredential(tx, id);
        const projects = await tx.dnsCredentials.usedBy(id);
        if (projects.length > 0) {
          const usedBy = projects.map(({ id, name, domain }) => ({ id, name, domain }));
          const names = usedBy
            .map(({ name }) => name)
            .slice(0, 5)
            .join(', ');
          throw new CertdeskError(
            'DNS_CREDENTIAL_IN_USE',
            `It is in use (${names}): give those certificates another one first. Where only a leftover TXT record is still to be removed with it, that is tried at each look for renewals`,
            { usedBy },
          );
        }
        return record;
      };
      await assertIdle(stores);
      // The values first: where the secret store cannot be reached the row stays, and it can be tried again.
      await secrets.delete(credentialSecret(id));
      await journal.write(async (tx, emit) => {
        const { name } = await assertIdle(tx);
        await tx.dnsCredentials.delete(id);
        await emit({ kind: 'dns-credential.removed', message: `DNS credential ${name} removed` });
      });
    },

    async test(id, zone, signal) {
      const { provider, savedBy } = await findDnsCredential(stores, id);
      const text = await secrets.get(credentialSecret(id));
      if (text === null) throw lost(id);
      return tryOut(provider, { values: JSON.parse(text), savedBy, zone }, signal);
    },

    tryOut: ({ provider, credentials, zone }, signal) =>
      tryOut(provider, { values: credentials, savedBy: toSavedBy(journal.actor()), zone }, signal),
  };
}

/** Its row is there and its values are not: somebody has emptied the secret store. */
export function lost(id: string): CertdeskError {
  return new CertdeskError(
    'DNS_CREDENTIALS_REQUIRED',
    'The values of this DNS credential are no longer in the secret store: give them anew',
    { dnsCredentialId: id },
  );
}
