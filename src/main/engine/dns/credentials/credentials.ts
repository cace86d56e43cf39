// Manages DNS credentials: saved ones that projects share, and the one that is stored with a project. Their values are
// only in the secret store, and no response contains them.

import { randomUUID } from 'node:crypto';
import type {
  CreateDnsCredential,
  DnsCredential,
  TestDnsCredentials,
  UpdateDnsCredential,
} from '../../../../shared/dns-credential.ts';
import { toTimestamp } from '../../../../shared/time.ts';
import type { Journal } from '../../audit/journal.ts';
import { CertdeskError } from '../../core/errors.ts';
import { invalid } from '../../core/invalid.ts';
import type { DnsCredentialRecord, SavedBy } from '../../core/model.ts';
import type { Clock, Log, SecretStore } from '../../core/ports.ts';
import { dnsCredentialSecret } from '../../core/secret-names.ts';
import type { Stores } from '../../core/stores.ts';
import type { AddressPolicy } from '../../outgoing/address-policy.ts';
import { originOf } from '../../outgoing/saved-by.ts';
import { checkDnsCredentials, createDnsProvider, getDnsProvider } from '../providers/registry.ts';
import { type CredentialLimits, limitProvider, NO_LIMITS } from './limit-zones.ts';
import { type CredentialTestResult, testDnsCredential } from './test-credential.ts';
import type { DnsCredentials } from './values.ts';

export interface DnsCredentialService {
  create(body: CreateDnsCredential): Promise<DnsCredential>;
  /**
   * @param projectIds Lists only credentials that these projects may use, and only these projects as users of a
   *   credential; null: all.
   */
  list(projectIds: readonly string[] | null): Promise<readonly DnsCredential[]>;
  /** @param projectIds As for `list`. @throws DNS_CREDENTIAL_NOT_FOUND */
  get(id: string, projectIds: readonly string[] | null): Promise<DnsCredential>;
  /** @throws DNS_CREDENTIAL_NOT_FOUND */
  providerOf(id: string): Promise<string>;
  /** Projects that use the credential continue with the new values. */
  update(id: string, body: UpdateDnsCredential): Promise<DnsCredential>;
  /** @throws DNS_CREDENTIAL_IN_USE (details.usedBy) */
  remove(id: string): Promise<void>;
  /** Creates and removes a TXT record. @throws DNS_* with the failed step and the missing permission */
  test(id: string, zone: string | undefined, signal: AbortSignal): Promise<CredentialTestResult>;
  /** Tests values without saving them. */
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
  /** The acme.sh folder; null: acme.sh scripts are disabled. */
  readonly acmeShFolder: string | null;
}

/** @throws DNS_CREDENTIAL_NOT_FOUND */
export async function findDnsCredential(stores: Stores, id: string): Promise<DnsCredentialRecord> {
  const record = await stores.dnsCredentials.get(id);
  if (record === null) throw notFound(id);
  return record;
}

function notFound(id: string): CertdeskError {
  return new CertdeskError('DNS_CREDENTIAL_NOT_FOUND', `DNS credential ${id} not found`);
}

/** Whether one of these projects may use it. */
function isUsable({ projectIds }: DnsCredentialRecord, of: readonly string[] | null): boolean {
  return of === null || projectIds === null || projectIds.some((id) => of.includes(id));
}

/** @throws INVALID_REQUEST if one of the projects does not exist */
async function assertProjects(stores: Stores, projectIds: readonly string[] | null): Promise<void> {
  for (const id of projectIds ?? []) {
    if ((await stores.projects.get(id)) !== null) continue;
    throw invalid('projectIds', `project ${id} not found`);
  }
}

/** Creates the service for saved DNS credentials. */
export function createDnsCredentials(deps: DnsCredentialDeps): DnsCredentialService {
  const { stores, journal, secrets, clock } = deps;
  const now = () => toTimestamp(clock.now());

  async function present(
    record: DnsCredentialRecord,
    visible: readonly string[] | null = null,
  ): Promise<DnsCredential> {
    const isVisible = (id: string): boolean => visible === null || visible.includes(id);
    const projects = (await stores.dnsCredentials.usedBy(record.id)).filter(({ id }) => isVisible(id));
    return {
      ...record,
      savedBy: { kind: record.savedBy.kind, name: record.savedBy.name },
      projectIds: record.projectIds?.filter(isVisible) ?? null,
      zones: record.zones && [...record.zones],
      usedBy: projects.map(({ id, name, domain }) => ({ id, name, domain })),
    };
  }

  /** An unchanged server address keeps who saved it, unless a signed-in user saves it again. */
  async function resolveSavedBy(record: DnsCredentialRecord, values: DnsCredentials): Promise<SavedBy> {
    const by = journal.savedBy();
    if (originOf(by) === 'named') return by;
    const before: DnsCredentials = JSON.parse((await secrets.get(dnsCredentialSecret(record.id))) ?? '{}');
    const addresses = (await getDnsProvider(record.provider)).credentials.filter(({ address }) => address);
    return addresses.every(({ name }) => before[name] === values[name]) ? record.savedBy : by;
  }

  interface Trial {
    readonly provider: string;
    readonly values: DnsCredentials;
    readonly savedBy: SavedBy;
    readonly zone: string | undefined;
    readonly limits: CredentialLimits;
  }

  async function tryOut({ provider: id, values, savedBy, zone, limits }: Trial, signal: AbortSignal) {
    const { log, acmeShFolder, addressPolicy } = deps;
    const guard = { addressPolicy, origin: originOf(savedBy) };
    const options = { clock, log, acmeShFolder, endpoint: deps.dnsEndpoints[id] ?? null, ...guard };
    const [definition, account] = await Promise.all([
      getDnsProvider(id),
      createDnsProvider(id, values, options),
    ]);
    const provider = limitProvider(account, limits);
    return testDnsCredential({ provider, definition, signal, ...(zone === undefined ? {} : { zone }) });
  }

  return {
    async create({ name, provider, credentials, projectIds, zones }) {
      await assertProjects(stores, projectIds);
      const values = await checkDnsCredentials(provider, credentials);
      const at = now();
      const savedBy = journal.savedBy();
      const stamps = { createdAt: at, updatedAt: at };
      const record: DnsCredentialRecord = {
        id: randomUUID(),
        name,
        provider,
        savedBy,
        projectIds,
        zones,
        ...stamps,
      };
      // Save the values first: a row without values would be a credential that cannot work.
      await secrets.set(dnsCredentialSecret(record.id), JSON.stringify(values));
      await journal.write(async (tx, emit) => {
        await tx.dnsCredentials.create(record);
        await emit({ kind: 'dns-credential.created', message: `DNS credential ${name} (${provider}) added` });
      });
      return present(record);
    },

    async list(visible) {
      const records = (await stores.dnsCredentials.list()).filter((record) => isUsable(record, visible));
      return Promise.all(records.map((record) => present(record, visible)));
    },

    async get(id, visible) {
      const record = await findDnsCredential(stores, id);
      if (!isUsable(record, visible)) throw notFound(id);
      return present(record, visible);
    },

    providerOf: async (id) => (await findDnsCredential(stores, id)).provider,

    async update(id, { name, credentials, projectIds, zones }) {
      const record = await findDnsCredential(stores, id);
      await assertProjects(stores, projectIds ?? null);
      let savedBy = {};
      if (credentials !== undefined) {
        const values = await checkDnsCredentials(record.provider, credentials);
        savedBy = { savedBy: await resolveSavedBy(record, values) };
        await secrets.set(dnsCredentialSecret(id), JSON.stringify(values));
      }
      const patch = {
        updatedAt: now(),
        ...savedBy,
        ...(name === undefined ? {} : { name }),
        ...(projectIds === undefined ? {} : { projectIds }),
        ...(zones === undefined ? {} : { zones }),
      };
      await journal.write(async (tx, emit) => {
        await tx.dnsCredentials.update(id, patch);
        if (credentials !== undefined) await tx.certificates.release({ dnsCredentialId: id });
        const what = credentials === undefined ? 'changed' : 'given new values';
        await emit({ kind: 'dns-credential.updated', message: `DNS credential ${record.name} ${what}` });
      });
      return present({ ...record, ...patch });
    },

    async remove(id) {
      const assertUnused = async (tx: Stores): Promise<DnsCredentialRecord> => {
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
            `It is in use (${names}): select another credential for those certificates first. If only a leftover TXT record needs it, Certdesk tries to remove the record at each renewal check`,
            { usedBy },
          );
        }
        return record;
      };
      await assertUnused(stores);
      // Delete the values first: if the secret store is unavailable, the row remains and the user can retry.
      await secrets.delete(dnsCredentialSecret(id));
      await journal.write(async (tx, emit) => {
        const { name } = await assertUnused(tx);
        await tx.dnsCredentials.delete(id);
        await emit({ kind: 'dns-credential.removed', message: `DNS credential ${name} removed` });
      });
    },

    async test(id, zone, signal) {
      const { provider, savedBy, zones } = await findDnsCredential(stores, id);
      const text = await secrets.get(dnsCredentialSecret(id));
      if (text === null) throw lost(id);
      const limits = { shared: true, zones };
      return tryOut({ provider, values: JSON.parse(text), savedBy, zone, limits }, signal);
    },

    tryOut: ({ provider, credentials, zone }, signal) => {
      const savedBy = journal.savedBy();
      return tryOut({ provider, values: credentials, savedBy, zone, limits: NO_LIMITS }, signal);
    },
  };
}

/** The database has the credential but the secret store does not have its values, for example after it was cleared. */
export function lost(id: string): CertdeskError {
  return new CertdeskError(
    'DNS_CREDENTIALS_REQUIRED',
    'The values of this DNS credential are no longer in the secret store: enter them again',
    { dnsCredentialId: id },
  );
}
