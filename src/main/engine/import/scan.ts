// A folder is looked into: which client's it is, and what of it can be taken over.

import type { FoundCertificate, ImportLayout, ScannedFolder } from '../../../shared/import.ts';
import { toDnsName } from '../../../shared/names.ts';
import { CERTIFICATE_AUTHORITIES, type DirectoryOverrides } from '../acme/directories.ts';
import type { Stores } from '../core/stores.ts';
import { getDnsProvider } from '../dns/providers/registry.ts';
import { describeChain } from '../pki/verify-certificate.ts';
import { isAcmeSh, readAcmeSh } from './acme-sh.ts';
import type { Found } from './candidate.ts';
import { isCertbot, readCertbot } from './certbot.ts';
import { type Judged, type JudgeOptions, judge } from './evaluate.ts';
import { type Folder, openFolder } from './folder.ts';
import { isLego, readLego } from './lego.ts';
import { readPemFolder } from './pem-folder.ts';

export type ScanOptions = JudgeOptions;

export interface Scan {
  /** Real and absolute. */
  readonly folder: string;
  /** What was passed over, for the person who asked. */
  readonly skipped: readonly string[];
  readonly layout: ImportLayout;
  /** Once each, though a folder may hold a certificate many times. */
  readonly certificates: readonly Judged[];
}

/** @throws INVALID_REQUEST where the folder cannot be read. */
export async function scanFolder(options: ScanOptions, path: string): Promise<Scan> {
  const folder = await openFolder(path);
  const layout = await layoutOf(folder);
  const found = await readAs(layout, folder, knownDirectories(options.directories));
  const judged = preferNewest(onceEach(found.map((each) => judge(each, options))));
  return { folder: folder.path, skipped: folder.skipped(), layout, certificates: judged };
}

export async function layoutOf(folder: Folder): Promise<ImportLayout> {
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

/** Of two of one certificate, the one that can be taken over. */
function onceEach(judged: readonly Judged[]): readonly Judged[] {
  const byId = new Map<string, Judged>();
  for (const [index, each] of judged.entries()) {
    const id = each.leaf?.fingerprint ?? `unreadable ${index}`;
    const before = byId.get(id);
    if (before === undefined || (before.pair === null && each.pair !== null)) byId.set(id, each);
  }
  return [...byId.values()];
}

/** Of several of the same names and kind of key (certbot's NAME and NAME-0001), only the newest is imported. */
function preferNewest(judged: readonly Judged[]): readonly Judged[] {
  const groups = Map.groupBy(
    judged.filter(({ pair }) => pair !== null),
    ({ leaf, keyType }) => [keyType, ...[...(leaf?.names ?? [])].toSorted()].join(' '),
  );
  const newest = new Map<Judged, Judged>();
  for (const group of groups.values()) {
    const [first] = group.toSorted((a, b) => issuedAt(b) - issuedAt(a));
    for (const each of group) if (first !== undefined) newest.set(each, first);
  }
  return judged.map((each) => {
    const better = newest.get(each);
    if (better === undefined || better === each) return each;
    const problem = `${better.source} has a newer certificate with the same names. Certdesk imports that one.`;
    return { ...each, pair: null, plan: null, problems: [problem] };
  });
}

const issuedAt = ({ leaf }: Judged): number => (leaf === null ? 0 : Date.parse(leaf.issuedAt));

/**
 * The project that holds it already: the same certificate in any version, or, where the other client has renewed it
 * since, the active one of the same names and kind of key.
 */
export async function holderOf(
  stores: Stores,
  { leaf, keyType }: Judged,
): Promise<{ readonly id: string; readonly name: string } | null> {
  if (leaf === null) return null;
  const names = [...leaf.names].toSorted().join();
  const same = (await stores.certificates.like(leaf.fingerprint, leaf.names)).find(
    ({ fingerprint, chain, ...kept }) =>
      fingerprint === leaf.fingerprint ||
      ([...kept.names].toSorted().join() === names && describeChain(chain)[0]?.keyType === keyType),
  );
  const project = same === undefined ? null : await stores.projects.get(same.projectId);
  return project && { id: project.id, name: project.name };
}

/**
 * Another project with its domain and a certificate of the same kind of key, where no project of this domain waits for a
 * certificate.
 */
export async function sameDomainOf(
  stores: Stores,
  { leaf, keyType }: Judged,
): Promise<{ readonly id: string; readonly name: string } | null> {
  const domain = leaf?.names.map(toDnsName).find((name) => name !== null);
  if (domain == null) return null;
  let found: { readonly id: string; readonly name: string } | null = null;
  for (const { id, name } of await stores.projects.ofDomain(domain)) {
    const certificate = await stores.certificates.active(id);
    if (certificate === null) return null;
    if (describeChain(certificate.chain)[0]?.keyType === keyType) found ??= { id, name };
  }
  return found;
}

export async function presentScan(stores: Stores, scan: Scan): Promise<ScannedFolder> {
  const certificates: FoundCertificate[] = [];
  for (const each of scan.certificates) certificates.push(await presentFound(stores, each));
  const { folder, layout, skipped } = scan;
  return { folder, layout, certificates, skipped: [...skipped] };
}

async function presentFound(stores: Stores, judged: Judged): Promise<FoundCertificate> {
  const { leaf, key, plan, pair, source } = judged;
  const project = await holderOf(stores, judged);
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
    problems: [...judged.problems],
    notes: [...judged.notes],
    project,
    sameDomain: pair !== null && project === null ? await sameDomainOf(stores, judged) : null,
    takeable: pair !== null && project === null,
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
