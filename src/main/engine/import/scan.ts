// Scans a folder: recognizes the client's layout and evaluates which certificates can be imported.

import { toName } from '../../../shared/identifiers.ts';
import type { FoundCertificate, ImportLayout, ScannedFolder } from '../../../shared/import.ts';
import { CERTIFICATE_AUTHORITIES, type DirectoryOverrides } from '../acme/directories.ts';
import type { Stores } from '../core/stores.ts';
import { getDnsProvider } from '../dns/providers/registry.ts';
import { describeChain } from '../pki/verify-certificate.ts';
import { isAcmeSh, readAcmeSh } from './acme-sh.ts';
import { type DeploymentAdopter, presentDeployment } from './adopt-deployments.ts';
import type { Found } from './candidate.ts';
import { isCertbot, readCertbot } from './certbot.ts';
import { type Evaluated, type EvaluateOptions, evaluate } from './evaluate.ts';
import { type Folder, openFolder } from './folder.ts';
import { isLego, readLego } from './lego.ts';
import { readPemFolder } from './pem-folder.ts';

export type ScanOptions = EvaluateOptions;

export interface Scan {
  /** Absolute, with links resolved. */
  readonly folder: string;
  /** The skipped files with the reason, for the user. */
  readonly skipped: readonly string[];
  readonly layout: ImportLayout;
  /** Without duplicates, although a folder may hold a certificate several times. */
  readonly certificates: readonly Evaluated[];
}

/**
 * Scans a folder.
 * @throws INVALID_REQUEST if the folder cannot be read
 */
export async function scanFolder(options: ScanOptions, path: string): Promise<Scan> {
  const folder = await openFolder(path);
  const layout = await recognizeLayout(folder);
  const found = await readAs(layout, folder, knownDirectories(options.directories));
  const evaluated = preferNewest(removeDuplicates(found.map((each) => evaluate(each, options))));
  return { folder: folder.path, skipped: folder.skipped(), layout, certificates: evaluated };
}

/** Recognizes the client that wrote the folder; `pem` for any other. */
export async function recognizeLayout(folder: Folder): Promise<ImportLayout> {
  if (await isCertbot(folder)) return 'certbot';
  if (await isLego(folder)) return 'lego';
  return (await isAcmeSh(folder)) ? 'acme-sh' : 'pem';
}

function readAs(
  layout: ImportLayout,
  folder: Folder,
  directories: readonly string[],
): Promise<readonly Found[]> {
  if (layout === 'certbot') return readCertbot(folder);
  if (layout === 'lego') return readLego(folder, directories);
  return layout === 'acme-sh' ? readAcmeSh(folder) : readPemFolder(folder);
}

function knownDirectories({ production, staging }: DirectoryOverrides): readonly string[] {
  const known = CERTIFICATE_AUTHORITIES.flatMap(({ directoryUrl, stagingUrl }) => [directoryUrl, stagingUrl]);
  return [production, staging, ...known].filter((url) => typeof url === 'string');
}

/** Removes duplicates and prefers the entry that can be imported. */
function removeDuplicates(evaluated: readonly Evaluated[]): readonly Evaluated[] {
  const byId = new Map<string, Evaluated>();
  for (const [index, each] of evaluated.entries()) {
    const id = each.leaf?.fingerprint ?? `unreadable ${index}`;
    const before = byId.get(id);
    if (before === undefined || (before.pair === null && each.pair !== null)) byId.set(id, each);
  }
  return [...byId.values()];
}

/** Keeps only the newest of several certificates with the same names and key type (certbot's NAME and NAME-0001). */
function preferNewest(evaluated: readonly Evaluated[]): readonly Evaluated[] {
  const groups = Map.groupBy(
    evaluated.filter(({ pair }) => pair !== null),
    ({ leaf, keyType }) => [keyType, ...[...(leaf?.names ?? [])].toSorted()].join(' '),
  );
  const newest = new Map<Evaluated, Evaluated>();
  for (const group of groups.values()) {
    const [first] = group.toSorted((a, b) => issuedAt(b) - issuedAt(a));
    for (const each of group) if (first !== undefined) newest.set(each, first);
  }
  return evaluated.map((each) => {
    const better = newest.get(each);
    if (better === undefined || better === each) return each;
    const problem = `${better.source} has a newer certificate with the same names. Certdesk imports that one.`;
    return { ...each, pair: null, plan: null, deployments: [], problems: [problem] };
  });
}

const issuedAt = ({ leaf }: Evaluated): number => (leaf === null ? 0 : Date.parse(leaf.issuedAt));

/**
 * Finds the project that already holds the certificate: in any version, or, if the other client has renewed it since,
 * as an active certificate with the same names and key type.
 */
export async function findHolder(
  stores: Stores,
  { leaf, keyType }: Evaluated,
): Promise<{ readonly id: string; readonly name: string } | null> {
  if (leaf === null) return null;
  const names = [...leaf.names].toSorted().join();
  const same = (await stores.certificates.like(leaf.fingerprint, leaf.names)).find(
    ({ fingerprint, chain, ...stored }) =>
      fingerprint === leaf.fingerprint ||
      ([...stored.names].toSorted().join() === names && describeChain(chain)[0]?.keyType === keyType),
  );
  const project = same === undefined ? null : await stores.projects.get(same.projectId);
  return project && { id: project.id, name: project.name };
}

/**
 * Finds another project with the same domain and a certificate of the same key type. Null if a project of this domain
 * has no certificate yet, because the import would use that one.
 */
export async function findSameDomain(
  stores: Stores,
  { leaf, keyType }: Evaluated,
): Promise<{ readonly id: string; readonly name: string } | null> {
  const domain = leaf?.names.map(toName).find((name) => name !== null);
  if (domain == null) return null;
  let found: { readonly id: string; readonly name: string } | null = null;
  for (const { id, name } of await stores.projects.ofDomain(domain)) {
    const certificate = await stores.certificates.active(id);
    if (certificate === null) return null;
    if (describeChain(certificate.chain)[0]?.keyType === keyType) found ??= { id, name };
  }
  return found;
}

export interface PresentDeps {
  readonly stores: Stores;
  readonly adopter: DeploymentAdopter;
}

/** Presents the scan without secrets. */
export async function presentScan(deps: PresentDeps, scan: Scan): Promise<ScannedFolder> {
  const certificates: FoundCertificate[] = [];
  for (const each of scan.certificates) certificates.push(await presentFound(deps, each));
  const { folder, layout, skipped } = scan;
  return { folder, layout, certificates, skipped: [...skipped] };
}

async function presentFound(
  { stores, adopter }: PresentDeps,
  evaluated: Evaluated,
): Promise<FoundCertificate> {
  const { leaf, key, plan, pair, source } = evaluated;
  const project = await findHolder(stores, evaluated);
  const domain = leaf?.names.map(toName).find((name) => name !== null) ?? null;
  return {
    id: leaf?.fingerprint ?? null,
    source,
    names: [...(leaf?.names ?? [])],
    issuer: leaf?.issuerOrganization ?? null,
    expiresAt: leaf?.expiresAt ?? null,
    key,
    method: plan && {
      challengeType: plan.spec.challengeType,
      dnsProvider: plan.spec.dnsProvider && (await getDnsProvider(plan.spec.dnsProvider)).name,
      credentials: credentialsOf(plan.renewal.proof),
      ca: plan.spec.ca,
      staging: plan.spec.staging,
      account: plan.renewal.account === null ? 'missing' : 'found',
      autoRenew: plan.autoRenew,
    },
    problems: [...evaluated.problems],
    notes: [...evaluated.notes],
    deployments: evaluated.deployments.map((each) => presentDeployment(adopter, each, domain)),
    project,
    sameDomain: pair !== null && project === null ? await findSameDomain(stores, evaluated) : null,
    importable: pair !== null && project === null,
  };
}

function credentialsOf({
  credentials,
  lacking,
  challengeType,
}: {
  readonly credentials: unknown;
  readonly lacking: string | null;
  readonly challengeType: string;
}): 'found' | 'missing' | 'not_needed' {
  if (credentials !== null) return 'found';
  return lacking !== null && challengeType === 'dns-01' ? 'missing' : 'not_needed';
}
