// Selects the DNS provider and credentials of a project: sent with the request, a saved credential, or those saved
// with the project by an earlier request.

import type { ObtainRequest } from '../../../shared/certificate.ts';
import { isMachineRole } from '../../../shared/dns-provider-reach.ts';
import { CERTDESK } from '../audit/entry.ts';
import { CertdeskError } from '../core/errors.ts';
import { invalid } from '../core/invalid.ts';
import type { DnsCredentialRecord, IssuanceSpec, SavedBy } from '../core/model.ts';
import type { SecretStore } from '../core/ports.ts';
import { dnsCredentialSecret, projectDnsSecret } from '../core/secret-names.ts';
import type { Stores } from '../core/stores.ts';
import { findDnsCredential, lost } from '../dns/credentials/credentials.ts';
import { type CredentialLimits, NO_LIMITS, notShared } from '../dns/credentials/limit-zones.ts';
import type { DnsCredentials } from '../dns/credentials/values.ts';
import { assertAvailable, checkDnsCredentials, getDnsProvider } from '../dns/providers/registry.ts';
import type { GivenSecrets } from '../jobs/job-secrets.ts';
import { EARLIER_VERSION, toSavedBy } from '../outgoing/saved-by.ts';

export type DnsChoice = Pick<IssuanceSpec, 'dnsProvider' | 'dnsCredentialId'>;

export interface DnsChooser {
  /**
   * Selects the provider and checks the credentials before a job starts. Nulls for other challenge types.
   * @throws UNSUPPORTED_DNS_PROVIDER, DNS_CREDENTIALS_REQUIRED, DNS_CREDENTIAL_NOT_FOUND, DNS_CREDENTIAL_LIMITED,
   * INVALID_REQUEST
   */
  choose(projectId: string, body: ObtainRequest): Promise<DnsChoice>;
  /**
   * Whether the request would use the server's AWS role by the caller's choice alone, because no administrator has
   * assigned it to this project. Credentials in the request are ignored.
   */
  usesMachineRole(projectId: string, body: ObtainRequest): Promise<boolean>;
  /**
   * Returns the restrictions of the job's credential.
   * @throws DNS_CREDENTIAL_NOT_FOUND
   */
  limits(projectId: string, spec: DnsChoice): Promise<CredentialLimits>;
  /**
   * Returns the credentials for a job: those of its request, of the selected credential, or saved with the project.
   * @throws DNS_CREDENTIALS_REQUIRED
   */
  values(projectId: string, spec: IssuanceSpec, given: GivenSecrets): Promise<SavedCredentials>;
  /** Saves the credentials of a successful request with the project, for renewals. */
  keep(projectId: string, spec: IssuanceSpec, given: GivenSecrets): Promise<void>;
  /** Deletes the credentials that were saved with a removed project. */
  forget(projectId: string): Promise<void>;
}

export interface SavedCredentials {
  readonly credentials: DnsCredentials;
  readonly savedBy: SavedBy;
}

interface ProjectCredentials {
  readonly provider: string;
  readonly credentials: DnsCredentials;
  readonly savedBy?: SavedBy | undefined;
}

export interface DnsChooserDeps {
  readonly stores: Stores;
  readonly secrets: SecretStore;
  /** acme.sh's folder; null if its scripts are disabled. */
  readonly acmeShFolder: string | null;
}

export function createDnsChooser({ stores, secrets, acmeShFolder }: DnsChooserDeps): DnsChooser {
  async function readProjectCredentials(projectId: string): Promise<ProjectCredentials | null> {
    const text = await secrets.get(projectDnsSecret(projectId));
    return text === null ? null : JSON.parse(text);
  }

  async function selectSaved(
    projectId: string,
    id: string,
    provider: string | undefined,
  ): Promise<DnsChoice> {
    const record = await findDnsCredential(stores, id);
    if (!isSharedWith(record, projectId)) throw notShared();
    if (provider === undefined || provider === record.provider) {
      return { dnsProvider: record.provider, dnsCredentialId: id };
    }
    throw invalid(
      'dnsProvider',
      `the credential ${record.name} is for ${record.provider}, not for ${provider}`,
    );
  }

  async function choose(
    projectId: string,
    { challengeType, dnsProvider, dnsCredentials, dnsCredentialId }: ObtainRequest,
  ): Promise<DnsChoice> {
    if (!isByDns(challengeType)) return { dnsProvider: null, dnsCredentialId: null };
    if (dnsProvider !== undefined) await getDnsProvider(dnsProvider);
    if (dnsCredentials !== undefined) {
      if (dnsCredentialId !== undefined)
        throw invalid('dnsCredentialId', 'send this or dnsCredentials, not both');
      if (dnsProvider === undefined) throw invalid('dnsProvider', 'name the provider of dnsCredentials');
      await checkDnsCredentials(dnsProvider, dnsCredentials);
      return { dnsProvider, dnsCredentialId: null };
    }
    if (dnsCredentialId !== undefined) return selectSaved(projectId, dnsCredentialId, dnsProvider);
    const saved = await readProjectCredentials(projectId);
    if (saved !== null && (dnsProvider === undefined || dnsProvider === saved.provider)) {
      return { dnsProvider: saved.provider, dnsCredentialId: null };
    }
    if (dnsProvider === undefined && challengeType === 'dns-persist-01')
      return { dnsProvider: null, dnsCredentialId: null };
    if (dnsProvider === undefined) throw invalid('dnsProvider', 'DNS-01 needs a DNS provider');
    await refuseWithout(dnsProvider);
    return { dnsProvider, dnsCredentialId: null };
  }

  return {
    async choose(projectId, body) {
      const choice = await choose(projectId, body);
      assertAvailable(choice.dnsProvider ?? '', acmeShFolder);
      return choice;
    },

    async usesMachineRole(projectId, { challengeType, dnsProvider, dnsCredentials, dnsCredentialId }) {
      if (!isByDns(challengeType) || dnsCredentials !== undefined) return false;
      if (dnsCredentialId !== undefined) {
        const record = await stores.dnsCredentials.get(dnsCredentialId);
        if (record === null || record.projectIds?.includes(projectId)) return false;
        const text = await secrets.get(dnsCredentialSecret(dnsCredentialId));
        return text !== null && isMachineRole(record.provider, JSON.parse(text));
      }
      if (dnsProvider === undefined || (await readProjectCredentials(projectId))?.provider === dnsProvider)
        return false;
      return isMachineRole(dnsProvider, undefined);
    },

    async limits(projectId, { dnsCredentialId }) {
      if (dnsCredentialId === null) return NO_LIMITS;
      const record = await findDnsCredential(stores, dnsCredentialId);
      return { shared: isSharedWith(record, projectId), zones: record.zones };
    },

    async values(projectId, { dnsProvider, dnsCredentialId }, { dnsCredentials, savedBy = EARLIER_VERSION }) {
      if (dnsCredentials !== undefined) return { credentials: dnsCredentials, savedBy };
      if (dnsCredentialId !== null) {
        const text = await secrets.get(dnsCredentialSecret(dnsCredentialId));
        if (text === null) throw lost(dnsCredentialId);
        const { savedBy } = await findDnsCredential(stores, dnsCredentialId);
        return { credentials: JSON.parse(text), savedBy };
      }
      const saved = await readProjectCredentials(projectId);
      if (saved !== null && saved.provider === dnsProvider) return { savedBy: EARLIER_VERSION, ...saved };
      await refuseWithout(dnsProvider ?? '');
      return { credentials: {}, savedBy: toSavedBy(CERTDESK) };
    },

    async keep(projectId, { dnsProvider }, { dnsCredentials, savedBy }) {
      if (dnsProvider === null || dnsCredentials === undefined) return;
      const value: ProjectCredentials = { provider: dnsProvider, credentials: dnsCredentials, savedBy };
      await secrets.set(projectDnsSecret(projectId), JSON.stringify(value));
    },

    forget: (projectId) => secrets.delete(projectDnsSecret(projectId)),
  };
}

/** Whether a TXT record proves control of a name. Without a provider, the user creates that of dns-persist-01. */
const isByDns = (challengeType: IssuanceSpec['challengeType']): boolean =>
  challengeType === 'dns-01' || challengeType === 'dns-persist-01';

function isSharedWith({ projectIds }: DnsCredentialRecord, projectId: string): boolean {
  return projectIds === null || projectIds.includes(projectId);
}

/** Some providers need no credentials: the manual one, and AWS if the server has a role. */
async function refuseWithout(provider: string): Promise<void> {
  const { name, credentials } = await getDnsProvider(provider);
  const needed = credentials.filter((field) => field.required);
  if (needed.length === 0) return;
  const labels = needed.map((field) => field.label).join(', ');
  throw new CertdeskError(
    'DNS_CREDENTIALS_REQUIRED',
    `This project has no saved credentials for ${name}: enter them (${labels}), or select saved ones`,
    { dnsProvider: provider, fields: needed.map((field) => field.name) },
  );
}
