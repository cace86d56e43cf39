// Presents a project's certificate versions, their chain and issuance spec, and restores removed certificates.

import type { Certificate } from '../../../shared/certificate.ts';
import type {
  CertificateDetails,
  CertificateVersion,
  ChainLink,
  LastRequest,
} from '../../../shared/certificate-history.ts';
import { CLIENT_AUTH_ADVICE, CLIENT_USES, explainNoClientAuth } from '../../../shared/client-auth.ts';
import { toTimestamp } from '../../../shared/time.ts';
import { nameOfAuthority } from '../acme/authorities.ts';
import { type DirectoryOverrides, isPublicDirectory, resolveDirectory } from '../acme/directories.ts';
import type { Journal } from '../audit/journal.ts';
import { CertdeskError } from '../core/errors.ts';
import type { CertificateRecord, IssuanceSpec } from '../core/model.ts';
import type { Clock } from '../core/ports.ts';
import { findProject } from '../core/project-lookup.ts';
import type { RevocationRetryRecord } from '../core/stores/revocation-retries.ts';
import type { Stores } from '../core/stores.ts';
import { getDnsProvider } from '../dns/providers/registry.ts';
import { specOf } from '../jobs/job-input.ts';
import { isSelfSigned, type Certificate as Parsed } from '../pki/inspect/certificate.ts';
import { parseChain } from '../pki/inspect/chain.ts';
import { chainPermitsClientAuth } from '../pki/inspect/client-usage.ts';
import { describeCertificate, displayName, issuerName } from '../pki/inspect/facts.ts';
import { endsAtMozillaRoot, explainUnknownRoot } from '../pki/inspect/mozilla-roots.ts';
import { findVersion, refuseWhileBusy } from './certificates.ts';
import { findClientUses } from './client-uses.ts';
import { findRecordProblems } from './record-problems.ts';
import { restorableUntil } from './retention.ts';
import { presentCertificate } from './views.ts';

export interface History {
  /** Newest first, without keys. @throws PROJECT_NOT_FOUND */
  versions(
    projectId: string,
    limit: number,
  ): Promise<{ readonly versions: CertificateVersion[]; readonly total: number }>;
  /** Leaf first. @param versionId The active version by default. @throws CERTIFICATE_NOT_FOUND */
  chain(projectId: string, versionId?: string): Promise<ChainLink[]>;
  /** Returns null if the project has no certificate. @throws PROJECT_NOT_FOUND */
  details(projectId: string): Promise<CertificateDetails | null>;
  /**
   * Returns the values that the next request starts with: those of the active certificate if it was requested, or
   * else those of the last job.
   * @throws PROJECT_NOT_FOUND
   */
  lastRequest(projectId: string): Promise<LastRequest>;
  /**
   * Whether `restore` would restore a certificate with names that the project no longer has. False if there is
   * nothing to restore.
   * @throws PROJECT_NOT_FOUND
   */
  restoresOtherNames(projectId: string, versionId?: string): Promise<boolean>;
  /**
   * Restores a removed certificate.
   * @param versionId Default: the version that was removed last.
   * @throws CERTIFICATE_NOT_FOUND (nothing to restore), PROJECT_HAS_CERTIFICATE, OPERATION_IN_PROGRESS
   */
  restore(projectId: string, versionId?: string): Promise<Certificate>;
}

export interface HistoryDeps {
  readonly stores: Stores;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly directories?: DirectoryOverrides;
}

export function createHistory({ stores, journal, clock, directories = {} }: HistoryDeps): History {
  return {
    async versions(projectId, limit) {
      await findProject(stores, projectId);
      const { items, total } = await stores.certificates.versions(projectId, limit);
      const retries = await stores.revocationRetries.list([projectId]);
      const retryOf = new Map(retries.map((retry) => [retry.certificateId, retry]));
      const versions = items.map((each) => presentVersion(each, retryOf.get(each.id) ?? null, clock.now()));
      return { versions, total };
    },

    async chain(projectId, versionId) {
      const { chain } = await findVersion(stores, projectId, versionId);
      const now = clock.now();
      return parseChain(chain).map((certificate) => presentLink(certificate, now));
    },

    async details(projectId) {
      await findProject(stores, projectId);
      const certificate = await stores.certificates.active(projectId);
      return certificate && presentDetails(stores, directories, certificate);
    },

    async lastRequest(projectId) {
      await findProject(stores, projectId);
      const certificate = await stores.certificates.active(projectId);
      const jobs =
        certificate?.spec == null ? await stores.jobs.list({ projectId, projectIds: null, limit: 100 }) : [];
      const input = jobs.find((job) => specOf(job.input) !== null)?.input;
      const spec = certificate?.spec ?? (input === undefined ? null : specOf(input));
      const autoRenew = input !== undefined && input.kind !== 'revoke' ? input.autoRenew : true;
      return {
        request: spec && (await presentSpec(stores, directories, spec)),
        autoRenew: certificate?.spec == null ? autoRenew : certificate.autoRenew,
        usesProjectCredentials:
          certificate?.spec?.challengeType === 'dns-01' && certificate.spec.dnsCredentialId === null,
      };
    },

    async restoresOtherNames(projectId, versionId) {
      const project = await findProject(stores, projectId);
      const own = [project.domain, ...project.altNames];
      const removed = await findRemoved(stores, projectId, { versionId, now: clock.now() }).catch(() => null);
      return removed?.names.some((name) => !own.includes(name)) ?? false;
    },

    async restore(projectId, versionId) {
      return journal.write(async (tx, emit) => {
        await findProject(tx, projectId);
        await refuseWhileBusy(tx, projectId);
        if ((await tx.certificates.active(projectId)) !== null) {
          throw new CertdeskError(
            'PROJECT_HAS_CERTIFICATE',
            'The project has a certificate now. Remove it first',
          );
        }
        const certificate = await findRemoved(tx, projectId, { versionId, now: clock.now() });
        await tx.certificates.update(certificate.id, { removedAt: null });
        const message = `Certificate for ${certificate.domain} restored`;
        await emit({ kind: 'certificate.restored', projectId, message });
        return presentCertificate({ ...certificate, removedAt: null }, clock.now());
      });
    },
  };
}

async function findRemoved(
  { certificates }: Stores,
  projectId: string,
  { versionId, now }: { readonly versionId: string | undefined; readonly now: Date },
): Promise<CertificateRecord> {
  const removed = (await certificates.removed(projectId)).filter((each) => isRestorable(each, now));
  const found = versionId === undefined ? removed[0] : removed.find(({ id }) => id === versionId);
  if (found !== undefined) return found;
  throw new CertdeskError(
    'CERTIFICATE_NOT_FOUND',
    'There is no removed certificate to restore. Removed certificates can be restored for 30 days',
  );
}

function isRestorable({ removedAt, supersededAt }: CertificateRecord, now: Date): boolean {
  return removedAt !== null && supersededAt === null && restorableUntil(removedAt) > toTimestamp(now);
}

function presentVersion(
  certificate: CertificateRecord,
  retry: RevocationRetryRecord | null,
  now: Date,
): CertificateVersion {
  const { id, type, domain, issuedAt, expiresAt, serial, fingerprint, staging, storedAt } = certificate;
  const { supersededAt, removedAt, revokedAt, revocationReason } = certificate;
  return {
    id,
    state: removedAt !== null ? 'removed' : supersededAt !== null ? 'superseded' : 'active',
    type,
    domain,
    names: [...certificate.names],
    issuedAt,
    expiresAt,
    issuer: certificate.issuerName,
    serial,
    fingerprint,
    staging,
    storedAt,
    supersededAt,
    removedAt,
    restorableUntil: removedAt !== null && isRestorable(certificate, now) ? restorableUntil(removedAt) : null,
    revokedAt,
    revocationReason,
    revocationRetry: retry && {
      reason: retry.reason,
      failures: retry.failures,
      nextAttemptAt: retry.nextAttemptAt,
      errorCode: retry.lastErrorCode,
    },
  };
}

function presentLink(certificate: Parsed, now: Date): ChainLink {
  const { names, ...described } = describeCertificate(certificate);
  const { notBefore, notAfter } = certificate;
  return {
    ...described,
    names: [...names],
    commonName: displayName(certificate),
    issuerName: issuerName(certificate),
    validity: now < notBefore ? 'not_yet_valid' : now > notAfter ? 'expired' : 'valid',
    selfSigned: isSelfSigned(certificate),
    pem: certificate.x509.toString(),
  };
}

async function presentDetails(
  stores: Stores,
  directories: DirectoryOverrides,
  certificate: CertificateRecord,
): Promise<CertificateDetails> {
  const { id, storedAt, autoRenew, spec, accountId } = certificate;
  const account = accountId === null ? null : await stores.accounts.get(accountId);
  return {
    id,
    storedAt,
    autoRenew,
    spec: spec && (await presentSpec(stores, directories, spec)),
    chainWarning: warnAboutChain(certificate, directories),
    clientAuth: await describeClientAuth(stores, certificate),
    recordProblems: await findRecordProblems(stores, certificate),
    account: account && { url: account.url, email: account.email, directoryUrl: account.directoryUrl },
  };
}

function warnAboutChain(
  { spec, staging, chain }: CertificateRecord,
  directories: DirectoryOverrides,
): string | null {
  if (spec === null || spec.preferredChain === null || staging) return null;
  if (!isPublicDirectory(resolveDirectory(spec.ca, false, directories))) return null;
  return endsAtMozillaRoot(chain) ? null : `${explainUnknownRoot(spec.preferredChain)}.`;
}

async function describeClientAuth(
  stores: Stores,
  { chain, projectId }: CertificateRecord,
): Promise<CertificateDetails['clientAuth']> {
  if (chainPermitsClientAuth(chain)) return { permitted: true, warnings: [], acknowledgement: null };
  const { open, acknowledged, acknowledgement } = await findClientUses(stores, projectId);
  return {
    permitted: false,
    warnings: open.map((use) => `${explainNoClientAuth(use)} ${CLIENT_AUTH_ADVICE}`),
    acknowledgement:
      acknowledgement === null || acknowledged.length === 0
        ? null
        : {
            at: acknowledgement.at,
            by: acknowledgement.by,
            note: acknowledgement.note,
            uses: acknowledged.map((use) => `${CLIENT_USES[use]}.`),
          },
  };
}

async function presentSpec(
  stores: Stores,
  directories: DirectoryOverrides,
  spec: IssuanceSpec,
): Promise<CertificateDetails['spec']> {
  const { ca, key, dnsProvider, dnsCredentialId, names, ...rest } = spec;
  const credential = dnsCredentialId === null ? null : await stores.dnsCredentials.get(dnsCredentialId);
  const { staging, email, profile, profileUse, preferredChain, challengeType } = rest;
  return {
    names: [...names],
    ca: { id: ca, name: nameOfAuthority(ca, directories) },
    staging,
    email,
    keyType: key.type,
    keySize: key.size,
    profile,
    ...(profileUse === undefined ? {} : { profileUse }),
    preferredChain,
    challengeType,
    dnsProvider: dnsProvider === null ? null : { id: dnsProvider, name: await providerName(dnsProvider) },
    dnsCredential: credential && { id: credential.id, name: credential.name },
  };
}

/** Falls back to the id, because a spec may name a provider that Certdesk no longer supports. */
async function providerName(id: string): Promise<string> {
  return getDnsProvider(id).then(
    ({ name }) => name,
    () => id,
  );
}
