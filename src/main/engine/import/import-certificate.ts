// Imports one evaluated certificate as a project: seals key and account, saves DNS credentials in the secret store,
// and writes all records in one transaction with the audit entry.
import { randomUUID } from 'node:crypto';
import { toName } from '../../../shared/identifiers.ts';
import type { ImportedCertificate } from '../../../shared/import.ts';
import { toTimestamp } from '../../../shared/time.ts';
import { certificateType } from '../acme/directories.ts';
import { noteDirectory } from '../acme/directory-origin.ts';
import type { Journal } from '../audit/journal.ts';
import { createVersion } from '../certificates/new-version.ts';
import { firstRenewal } from '../certificates/renewal-plan.ts';
import type { CertificateRecord, ProjectRecord } from '../core/model.ts';
import type { Clock, SecretStore, Vault } from '../core/ports.ts';
import { dnsCredentialSecret } from '../core/secret-names.ts';
import type { Stores } from '../core/stores.ts';
import type { DnsCredentialService } from '../dns/credentials/credentials.ts';
import type { DnsCredentials } from '../dns/credentials/values.ts';
import { getDnsProvider } from '../dns/providers/registry.ts';
import type { CheckedKeyPair } from '../pki/verify-certificate.ts';
import { type AdoptedAccount, adoptAccount } from './account.ts';
import { adoptDeployments, type DeploymentAdopter } from './adopt-deployments.ts';
import type { Evaluated, Plan } from './evaluate.ts';
import { findHolder, findSameDomain } from './scan.ts';

export interface ImportCertificateDeps {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly vault: Vault;
  readonly secrets: SecretStore;
  readonly dnsCredentials: DnsCredentialService;
  readonly adopter: DeploymentAdopter;
}

export interface ImportCertificateOptions {
  /** The client's name for messages, such as `certbot`. */
  readonly client: string;
  /** Whether a second project of its domain may be created. */
  readonly allowDuplicateDomain: boolean;
  /** Whether deployments are created for what the client did after a renewal. */
  readonly deployments: boolean;
}

/** Imports the certificate, unless a project has it already or it cannot be imported. */
export async function importCertificate(
  deps: ImportCertificateDeps,
  evaluated: Evaluated,
  { client, allowDuplicateDomain, deployments }: ImportCertificateOptions,
): Promise<ImportedCertificate> {
  const { stores, journal } = deps;
  const { pair, source, leaf, plan } = evaluated;
  const base = { id: leaf?.fingerprint ?? null, source, names: [...(leaf?.names ?? [])] };
  const nothing = { projectId: null, autoRenew: false, notes: [] };
  if (pair === null)
    return { ...base, ...nothing, outcome: 'refused', message: evaluated.problems.join(' ') };
  const before = await findHolder(stores, evaluated);
  if (before !== null) return { ...base, ...nothing, ...already(before) };
  const other = allowDuplicateDomain ? null : await findSameDomain(stores, evaluated);
  if (other !== null) {
    const message = `The project ${other.name} has this domain already. Confirm that you want a second project, or remove the other certificate first.`;
    return { ...base, ...nothing, outcome: 'refused', message };
  }
  const account = plan === null ? NO_ACCOUNT : await adoptAccount(deps, plan);
  const credentialId = plan === null ? null : await saveCredentials(deps, plan, client);
  const project = newProject(deps, pair);
  const certificate = await newCertificate(deps, { project, pair, plan, account, credentialId });
  const imported = await journal.write(async (tx, emit) => {
    // Checked again, because two imports may run at once.
    const since = await findHolder(tx, evaluated);
    if (since !== null) return { ...base, ...nothing, ...already(since) };
    const empty = await findEmptyProject(tx, project.domain);
    const projectId = empty?.id ?? project.id;
    if (empty === null) await tx.projects.create(project);
    if (plan !== null) await noteDirectory(tx.settings, plan.spec.ca, journal.savedBy());
    const accountId = await storeAccount(tx, account);
    await tx.certificates.activate({ ...certificate, projectId, accountId });
    const how = plan === null ? 'without renewal settings' : `auto-renewal ${plan.autoRenew ? 'on' : 'off'}`;
    const message = `Certificate for ${certificate.names.join(', ')} imported from ${client} (${how})`;
    await emit({ kind: empty === null ? 'project.created' : 'certificate.imported', projectId, message });
    return {
      ...base,
      outcome: 'imported' as const,
      projectId,
      autoRenew: certificate.autoRenew,
      message,
      notes: [...evaluated.notes, ...account.notes],
    };
  });
  if (imported.outcome !== 'imported' || !deployments) return imported;
  const created = await adoptDeployments(deps.adopter, imported.projectId, evaluated.deployments);
  return { ...imported, notes: [...imported.notes, ...created] };
}

/**
 * Finds a project of this domain that has no certificate yet. The import fills it instead of creating a second
 * project.
 */
async function findEmptyProject(tx: Stores, domain: string | null): Promise<ProjectRecord | null> {
  if (domain === null) return null;
  for (const project of await tx.projects.ofDomain(domain)) {
    const [job] = await tx.jobs.unfinished(project.id);
    if (job === undefined && (await tx.certificates.active(project.id)) === null) return project;
  }
  return null;
}

/**
 * Stores the account.
 * @returns its id, or null if another account was stored since
 */
async function storeAccount(tx: Stores, { record, isNew }: AdoptedAccount): Promise<string | null> {
  if (record === null || !isNew) return record?.id ?? null;
  if ((await tx.accounts.find(record.directoryUrl, record.email)) !== null) return null;
  await tx.accounts.create(record);
  return record.id;
}

const NO_ACCOUNT: AdoptedAccount = { record: null, isNew: false, notes: [] };

const already = ({ id, name }: { readonly id: string; readonly name: string }) => ({
  outcome: 'already' as const,
  projectId: id,
  message: `Already in project ${name}.`,
});

function newProject({ clock }: ImportCertificateDeps, { leaf }: CheckedKeyPair): ProjectRecord {
  const names = [...new Set(leaf.names.flatMap((name) => toName(name) ?? []))];
  const [domain = null, ...altNames] = names;
  const name = domain ?? leaf.names[0] ?? leaf.fingerprint;
  return { id: randomUUID(), name, domain, altNames, tags: [], createdAt: toTimestamp(clock.now()) };
}

/** Saves the DNS credentials. Certificates with the same values share one credential, also across imports. */
async function saveCredentials(
  deps: ImportCertificateDeps,
  { renewal }: Plan,
  client: string,
): Promise<string | null> {
  const { credentials, dnsProvider } = renewal.proof;
  if (credentials === null || dnsProvider === null) return null;
  for (const record of await deps.stores.dnsCredentials.list()) {
    // A credential with restrictions might not allow these projects.
    if (record.provider !== dnsProvider || record.projectIds !== null || record.zones !== null) continue;
    const text = await deps.secrets.get(dnsCredentialSecret(record.id));
    if (text !== null && isSame(JSON.parse(text), credentials)) return record.id;
  }
  const name = `${(await getDnsProvider(dnsProvider)).name} (from ${client})`;
  return (
    await deps.dnsCredentials.create({
      name,
      provider: dnsProvider,
      credentials: toJson(credentials),
      projectIds: null,
      zones: null,
    })
  ).id;
}

/** The provider's check guarantees JSON values. The compiler cannot see that. */
function toJson(credentials: DnsCredentials) {
  return JSON.parse(JSON.stringify(credentials));
}

function isSame(one: DnsCredentials, other: DnsCredentials): boolean {
  const sorted = (value: DnsCredentials) =>
    JSON.stringify(Object.entries(value).toSorted(([a], [b]) => a.localeCompare(b)));
  return sorted(one) === sorted(other);
}

interface NewCertificate {
  readonly project: ProjectRecord;
  readonly pair: CheckedKeyPair;
  readonly plan: Plan | null;
  readonly account: AdoptedAccount;
  readonly credentialId: string | null;
}

function newCertificate(
  deps: ImportCertificateDeps,
  { project, pair, plan, account, credentialId }: NewCertificate,
): Promise<CertificateRecord> {
  const { leaf, chain, privateKey } = pair;
  return createVersion(deps, {
    leaf,
    privateKey,
    projectId: project.id,
    type: plan === null ? 'custom' : certificateType(plan.spec.ca),
    domain: project.domain ?? pair.domain,
    chain,
    staging: plan?.spec.staging ?? false,
    autoRenew: plan?.autoRenew ?? false,
    spec: plan === null ? null : { ...plan.spec, dnsCredentialId: credentialId },
    accountId: account.record?.id ?? null,
    // The status and the attention list show why it does not renew automatically.
    renewal: { ...firstRenewal(leaf, Math.random()), lastError: plan?.obstacle ?? null },
  });
}
