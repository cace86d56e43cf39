// One judged certificate becomes a project: key and account sealed, credentials in the secret store, and all that the
// database gets in one transaction with its audit entry.
import { randomUUID } from 'node:crypto';
import type { TakenCertificate } from '../../../shared/import.ts';
import { toDnsName } from '../../../shared/names.ts';
import { toTimestamp } from '../../../shared/time.ts';
import { certificateType } from '../acme/directories.ts';
import { noteDirectory } from '../acme/directory-origin.ts';
import type { Journal } from '../audit/journal.ts';
import { newVersion } from '../certificates/new-version.ts';
import { firstRenewal } from '../certificates/renewal-plan.ts';
import type { CertificateRecord, ProjectRecord } from '../core/model.ts';
import type { Clock, SecretStore, Vault } from '../core/ports.ts';
import { dnsCredentialSecret } from '../core/secret-names.ts';
import type { Stores } from '../core/stores.ts';
import type { DnsCredentialService } from '../dns/credentials/credentials.ts';
import type { DnsCredentials } from '../dns/credentials/values.ts';
import { getDnsProvider } from '../dns/providers/registry.ts';
import type { CheckedKeyPair } from '../pki/verify-certificate.ts';
import { type TakenAccount, takeAccount } from './account.ts';
import type { Judged, Plan } from './evaluate.ts';
import { holderOf, sameDomainOf } from './scan.ts';

export interface TakeOverDeps {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly vault: Vault;
  readonly secrets: SecretStore;
  readonly dnsCredentials: DnsCredentialService;
}

export interface TakeOverOptions {
  /** For names and messages: `certbot`. */
  readonly client: string;
  /** Whether a second project of its domain may be created. */
  readonly allowDuplicateDomain: boolean;
}

export async function takeOver(
  deps: TakeOverDeps,
  judged: Judged,
  { client, allowDuplicateDomain }: TakeOverOptions,
): Promise<TakenCertificate> {
  const { stores, journal } = deps;
  const { pair, source, leaf, plan } = judged;
  const base = { id: leaf?.fingerprint ?? null, source, names: [...(leaf?.names ?? [])] };
  const nothing = { projectId: null, autoRenew: false, notes: [] };
  if (pair === null) return { ...base, ...nothing, outcome: 'refused', message: judged.problems.join(' ') };
  const before = await holderOf(stores, judged);
  if (before !== null) return { ...base, ...nothing, ...already(before) };
  const other = allowDuplicateDomain ? null : await sameDomainOf(stores, judged);
  if (other !== null) {
    const message = `The project ${other.name} has this domain already. Confirm that you want a second project, or remove the other certificate first.`;
    return { ...base, ...nothing, outcome: 'refused', message };
  }
  const account = plan === null ? NO_ACCOUNT : await takeAccount(deps, plan);
  const credentialId = plan === null ? null : await keepCredentials(deps, plan, client);
  const project = newProject(deps, pair);
  const certificate = await newCertificate(deps, { project, pair, plan, account, credentialId });
  return journal.write(async (tx, emit) => {
    // Looked at again: two may take over at once.
    const since = await holderOf(tx, judged);
    if (since !== null) return { ...base, ...nothing, ...already(since) };
    const empty = await findEmptyProject(tx, project.domain);
    const projectId = empty?.id ?? project.id;
    if (empty === null) await tx.projects.create(project);
    if (plan !== null) await noteDirectory(tx.settings, plan.spec.ca, journal.savedBy());
    const accountId = await writeAccount(tx, account);
    await tx.certificates.activate({ ...certificate, projectId, accountId });
    const how = plan === null ? 'without renewal settings' : `auto-renewal ${plan.autoRenew ? 'on' : 'off'}`;
    const message = `Certificate for ${certificate.names.join(', ')} taken over from ${client} (${how})`;
    await emit({ kind: empty === null ? 'project.created' : 'certificate.imported', projectId, message });
    return {
      ...base,
      outcome: 'taken' as const,
      projectId,
      autoRenew: certificate.autoRenew,
      message,
      notes: [...judged.notes, ...account.notes],
    };
  });
}

/** A project of this domain that waits for a certificate: the import fills it, a second one would be beside it. */
async function findEmptyProject(tx: Stores, domain: string | null): Promise<ProjectRecord | null> {
  if (domain === null) return null;
  for (const project of await tx.projects.ofDomain(domain)) {
    const [job] = await tx.jobs.unfinished(project.id);
    if (job === undefined && (await tx.certificates.active(project.id)) === null) return project;
  }
  return null;
}

/** @returns its id; null where another one has taken its place since. */
async function writeAccount(tx: Stores, { record, isNew }: TakenAccount): Promise<string | null> {
  if (record === null || !isNew) return record?.id ?? null;
  if ((await tx.accounts.find(record.directoryUrl, record.email)) !== null) return null;
  await tx.accounts.create(record);
  return record.id;
}

const NO_ACCOUNT: TakenAccount = { record: null, isNew: false, notes: [] };

const already = ({ id, name }: { readonly id: string; readonly name: string }) => ({
  outcome: 'already' as const,
  projectId: id,
  message: `Already in project ${name}.`,
});

function newProject({ clock }: TakeOverDeps, { leaf }: CheckedKeyPair): ProjectRecord {
  const names = [...new Set(leaf.names.flatMap((name) => toDnsName(name) ?? []))];
  const [domain = null, ...altNames] = names;
  const name = domain ?? leaf.names[0] ?? leaf.fingerprint;
  return { id: randomUUID(), name, domain, altNames, createdAt: toTimestamp(clock.now()) };
}

/** One credential for all that use the same values, also of an import before. */
async function keepCredentials(
  deps: TakeOverDeps,
  { renewal }: Plan,
  client: string,
): Promise<string | null> {
  const { credentials, dnsProvider } = renewal.proof;
  if (credentials === null || dnsProvider === null) return null;
  for (const record of await deps.stores.dnsCredentials.list()) {
    // One with limits might not be for these projects.
    if (record.provider !== dnsProvider || record.projectIds !== null || record.zones !== null) continue;
    const text = await deps.secrets.get(dnsCredentialSecret(record.id));
    if (text !== null && isSame(JSON.parse(text), credentials)) return record.id;
  }
  const name = `${(await getDnsProvider(dnsProvider)).name} (from ${client})`;
  return (
    await deps.dnsCredentials.create({
      name,
      provider: dnsProvider,
      credentials: plain(credentials),
      projectIds: null,
      zones: null,
    })
  ).id;
}

/** Values are JSON by the check of their provider; this makes the compiler see it. */
function plain(credentials: DnsCredentials) {
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
  readonly account: TakenAccount;
  readonly credentialId: string | null;
}

function newCertificate(
  deps: TakeOverDeps,
  { project, pair, plan, account, credentialId }: NewCertificate,
): Promise<CertificateRecord> {
  const { leaf, chain, privateKey } = pair;
  return newVersion(deps, {
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
    // Why it does not renew automatically is in its status and in the attention list.
    renewal: { ...firstRenewal(leaf, Math.random()), lastError: plan?.obstacle ?? null },
  });
}
