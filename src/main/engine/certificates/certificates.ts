// Manages the certificate of a project as far as no CA is needed: read, upload, remove, export. issuance/service.ts
// obtains, renews and revokes.
import type {
  Certificate,
  KeyPairRequest,
  Status,
  Uploaded,
  Validation,
} from '../../../shared/certificate.ts';
import type { Deployed } from '../../../shared/deployed.ts';
import type { Served } from '../../../shared/served.ts';
import { toTimestamp } from '../../../shared/time.ts';
import type { Journal } from '../audit/journal.ts';
import type { Background, BackgroundOptions } from '../core/background.ts';
import { CertdeskError } from '../core/errors.ts';
import type { CertificateFacts, CertificateRecord, ProjectRecord } from '../core/model.ts';
import type { Clock, Vault } from '../core/ports.ts';
import { findProject } from '../core/project-lookup.ts';
import type { Stores } from '../core/stores.ts';
import type { KeyPairTasks } from '../pki/background-tasks.ts';
import {
  type ExportedFile,
  type ExportFormat,
  exportCertificate,
  exportKeyPair,
  holdsKey,
} from '../pki/export.ts';
import type { CheckedKeyPair } from '../pki/verify-certificate.ts';
import { createVersion } from './new-version.ts';
import { NO_RENEWAL_YET } from './renewal-plan.ts';
import { presentValidation } from './validation.ts';
import { presentCertificate, presentStatus, presentUploaded } from './views.ts';

export interface Certificates {
  /** Returns null if the project has no certificate. @throws PROJECT_NOT_FOUND */
  get(projectId: string): Promise<Certificate | null>;
  /** Returns null if the project has no certificate. @throws PROJECT_NOT_FOUND */
  status(projectId: string): Promise<Status | null>;
  /** @throws DOMAIN_NOT_CONFIGURED, OPERATION_IN_PROGRESS, and the errors of `checkKeyPair` */
  upload(projectId: string, body: KeyPairRequest, by: BackgroundOptions): Promise<Uploaded>;
  /**
   * Runs the checks of `upload` and stores nothing.
   * @throws PROJECT_NOT_FOUND
   */
  validate(projectId: string, body: KeyPairRequest, by: BackgroundOptions): Promise<Validation>;
  /** Runs these checks for files that have no project yet, so for any domain. */
  validateFiles(body: KeyPairRequest, by: BackgroundOptions): Promise<Validation>;
  /** @throws CERTIFICATE_NOT_FOUND, OPERATION_IN_PROGRESS */
  remove(projectId: string): Promise<void>;
  /** @throws CERTIFICATE_NOT_FOUND, NOT_AN_ACME_CERTIFICATE */
  setAutoRenew(projectId: string, autoRenew: boolean): Promise<Certificate>;
  /**
   * Exports the certificate. An export of the private key is recorded as an event.
   * @param by Who downloads it, for that event.
   * @throws CERTIFICATE_NOT_FOUND, INVALID_REQUEST
   */
  download(
    projectId: string,
    options: {
      readonly format: ExportFormat;
      readonly password?: string | undefined;
      readonly legacy?: boolean | undefined;
      readonly by: string;
    },
  ): Promise<ExportedFile>;
  /**
   * Returns certificate, chain and private key as one PEM file, so that they always match. A transfer of the file is
   * recorded as an event.
   * @param by Who fetches it, for that event.
   * @param ifNoneMatch The header If-None-Match (RFC 9110 section 13.1.2).
   * @throws CERTIFICATE_NOT_FOUND
   */
  fetchKeyPair(
    projectId: string,
    options: { readonly by: string; readonly ifNoneMatch?: string | undefined },
  ): Promise<TaggedFile>;
}

/** A file that the client stores, with the entity tag by which it asks for a newer one (RFC 9110 section 8.8.3). */
export interface TaggedFile extends Omit<ExportedFile, 'body'> {
  /** Null if the client has this version of the file already. */
  readonly body: Buffer | null;
  readonly etag: string;
}

export interface CertificatesDeps {
  readonly stores: Stores;
  readonly journal: Journal;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly background: Background<KeyPairTasks>;
  /** What the clients of these projects are given (endpoints/served.ts). */
  deployedOf(projectIds: readonly string[]): Promise<ReadonlyMap<string, Deployed>>;
  servedOf(projectIds: readonly string[]): Promise<ReadonlyMap<string, Served>>;
}

/**
 * Returns the active certificate of the project.
 * @throws PROJECT_NOT_FOUND, CERTIFICATE_NOT_FOUND
 */
export async function findCertificate(stores: Stores, projectId: string): Promise<CertificateRecord> {
  await findProject(stores, projectId);
  const certificate = await stores.certificates.active(projectId);
  if (certificate === null)
    throw new CertdeskError('CERTIFICATE_NOT_FOUND', 'The project has no certificate');
  return certificate;
}

/**
 * Returns a version of the project's certificate.
 * @param id Default: the active version.
 * @throws PROJECT_NOT_FOUND, CERTIFICATE_NOT_FOUND
 */
export async function findVersion(
  stores: Stores,
  projectId: string,
  id?: string,
): Promise<CertificateRecord> {
  if (id === undefined) return findCertificate(stores, projectId);
  await findProject(stores, projectId);
  const version = await stores.certificates.get(id);
  if (version?.projectId === projectId) return version;
  throw new CertdeskError('CERTIFICATE_NOT_FOUND', `The project has no certificate version ${id}`);
}

/**
 * Refuses a change while a job of the project is unfinished.
 * @throws OPERATION_IN_PROGRESS (details.jobId)
 */
export async function refuseWhileBusy(stores: Stores, projectId: string): Promise<void> {
  const [job] = await stores.jobs.unfinished(projectId);
  if (job === undefined) return;
  throw new CertdeskError(
    'OPERATION_IN_PROGRESS',
    `Another job for this project is running (${job.input.kind}). Wait until it finishes`,
    { jobId: job.id },
  );
}

export function createCertificates(deps: CertificatesDeps): Certificates {
  const { stores, journal, vault, clock, background } = deps;

  const createUploaded = (project: ProjectRecord, { leaf, domain, chain, privateKey }: CheckedKeyPair) =>
    createVersion(deps, {
      leaf,
      privateKey,
      projectId: project.id,
      type: 'custom',
      domain,
      chain,
      staging: false,
      autoRenew: false,
      spec: null,
      accountId: null,
      renewal: NO_RENEWAL_YET,
    });

  /**
   * Needs only one read if there is a certificate, because then the project exists too.
   * @throws PROJECT_NOT_FOUND
   */
  async function factsOf(projectId: string): Promise<CertificateFacts | null> {
    const certificate = await stores.certificates.facts(projectId);
    if (certificate === null) await findProject(stores, projectId);
    return certificate;
  }

  /** Runs on another thread, because checking a passphrase takes up to a few seconds. */
  const check = (
    { domain, altNames }: Pick<ProjectRecord, 'domain' | 'altNames'>,
    body: KeyPairRequest,
    by: BackgroundOptions,
  ) => background.run('checkKeyPair', { body, domain, altNames, now: clock.now() }, by);

  return {
    async get(projectId) {
      const certificate = await factsOf(projectId);
      return certificate && presentCertificate(certificate, clock.now());
    },

    async status(projectId) {
      const certificate = await factsOf(projectId);
      if (certificate === null) return null;
      const [deployed, served] = [await deps.deployedOf([projectId]), await deps.servedOf([projectId])];
      return presentStatus(certificate, clock.now(), {
        deployed: deployed.get(projectId),
        served: served.get(projectId),
      });
    },

    async upload(projectId, body, by) {
      const project = await findProject(stores, projectId);
      if (project.domain === null) {
        throw new CertdeskError('DOMAIN_NOT_CONFIGURED', 'Project has no domain configured');
      }
      const certificate = await createUploaded(project, await check(project, body, by));
      return journal.write(async (tx, emit) => {
        // Checked again: the project may have been removed or changed while the files were checked.
        const { domain } = await findProject(tx, projectId);
        if (domain !== project.domain) throw domainMismatch(domain);
        await refuseWhileBusy(tx, projectId);
        await tx.certificates.activate(certificate);
        const message = `Uploaded certificate for ${certificate.domain} (${certificate.issuerOrganization})`;
        await emit({ kind: 'certificate.uploaded', projectId, message });
        return presentUploaded(certificate);
      });
    },

    async validate(projectId, body, by) {
      return presentValidation(check(await findProject(stores, projectId), body, by));
    },

    validateFiles: (body, by) => presentValidation(check({ domain: null, altNames: [] }, body, by)),

    async remove(projectId) {
      await journal.write(async (tx, emit) => {
        const certificate = await findCertificate(tx, projectId);
        await refuseWhileBusy(tx, projectId);
        await tx.certificates.update(certificate.id, { removedAt: toTimestamp(clock.now()) });
        const message = `Certificate for ${certificate.domain} removed; you can restore it for 30 days`;
        await emit({ kind: 'certificate.removed', projectId, message });
      });
    },

    async setAutoRenew(projectId, autoRenew) {
      return journal.write(async (tx, emit) => {
        const certificate = await findCertificate(tx, projectId);
        if (certificate.spec === null) {
          throw new CertdeskError('NOT_AN_ACME_CERTIFICATE', 'Certdesk cannot renew an uploaded certificate');
        }
        await tx.certificates.update(certificate.id, { autoRenew });
        if (autoRenew) await tx.certificates.release({ projectId });
        const message = `Auto-renewal of ${certificate.domain} turned ${autoRenew ? 'on' : 'off'}`;
        await emit({ kind: 'certificate.auto-renew', projectId, message });
        return presentCertificate({ ...certificate, autoRenew }, clock.now());
      });
    },

    async download(projectId, { by, ...options }) {
      const { id, chain, keySealed, domain } = await findCertificate(stores, projectId);
      const { format } = options;
      const request = { ...options, chain, friendlyName: domain };
      if (!holdsKey(format)) return exportCertificate({ ...request, privateKey: null });
      const privateKey = await vault.open(keySealed, `certificate:${id}`);
      const file = await exportCertificate({ ...request, privateKey });
      const message = `Private key of ${domain} exported (${format})`;
      await journal.emit({ kind: 'certificate.key-exported', projectId, message, data: { by } });
      return file;
    },

    async fetchKeyPair(projectId, { by, ifNoneMatch }) {
      const { id, chain, keySealed, domain } = await findCertificate(stores, projectId);
      const etag = `"${id}"`; // a version never changes
      if (matchesTag(ifNoneMatch, etag)) return { body: null, contentType: '', filename: '', etag };
      const file = exportKeyPair(chain, await vault.open(keySealed, `certificate:${id}`), domain);
      const message = `Certificate and private key of ${domain} downloaded`;
      await journal.emit({ kind: 'certificate.key-exported', projectId, message, data: { by } });
      return { ...file, etag };
    },
  };
}

/** Compares weakly, as RFC 9110 section 13.1.2 requires: proxies that compress turn a tag into a weak one. */
function matchesTag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}

function domainMismatch(domain: string | null): CertdeskError {
  if (domain === null) return new CertdeskError('DOMAIN_NOT_CONFIGURED', 'Project has no domain configured');
  return new CertdeskError('CERTIFICATE_DOMAIN_MISMATCH', `Certificate is not valid for domain ${domain}`);
}
