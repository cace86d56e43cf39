// Obtains, renews and revokes certificates. Each request becomes a job here; jobs/queue.ts schedules it and
// job-runner.ts runs it.

import { createHash, randomUUID } from 'node:crypto';
import type { ObtainRequest, RevokeRequest } from '../../../shared/certificate.ts';
import type { JobState } from '../../../shared/job.ts';
import { toTimestamp } from '../../../shared/time.ts';
import type { DirectoryOverrides } from '../acme/directories.ts';
import { noteDirectory } from '../acme/directory-origin.ts';
import type { Journal } from '../audit/journal.ts';
import { findCertificate, findVersion } from '../certificates/certificates.ts';
import { presentResult } from '../certificates/views.ts';
import type { DnsChooser } from '../challenges/select-dns-credential.ts';
import { CertdeskError } from '../core/errors.ts';
import { invalid } from '../core/invalid.ts';
import type { CertificateRecord, IssuanceSpec, JobInput, JobRecord } from '../core/model.ts';
import type { Clock } from '../core/ports.ts';
import { findProject } from '../core/project-lookup.ts';
import type { RevocationRetryRecord } from '../core/stores/revocation-retries.ts';
import type { Stores } from '../core/stores.ts';
import type { JobSecrets } from '../jobs/job-secrets.ts';
import type { JobQueue } from '../jobs/queue.ts';
import { toIssuanceSpec } from './issuance-spec.ts';

/** The caller, and how it wants the response. */
export interface Call {
  /** A token's id, or null for Certdesk itself. */
  readonly by: string | null;
  /** Respond immediately with the job (RFC 7240 `Prefer: respond-async`). */
  readonly respondAsync: boolean;
  readonly idempotencyKey: string | null;
}

/** The result of a job, or the job itself if the caller does not wait. */
export type Outcome =
  | { readonly done: true; readonly result: ReturnType<typeof presentResult> }
  | { readonly done: false; readonly job: { readonly id: string; readonly state: JobState } };

export interface Issuance {
  /**
   * @throws PROJECT_NOT_FOUND, DOMAIN_NOT_CONFIGURED, INVALID_REQUEST, OPERATION_IN_PROGRESS, the error of the job
   */
  obtain(projectId: string, body: ObtainRequest, call: Call): Promise<Outcome>;
  /** Whether the request would use the server's AWS role by the caller's choice alone (see DnsChooser). */
  usesMachineRole(projectId: string, body: ObtainRequest): Promise<boolean>;
  /** @throws CERTIFICATE_NOT_FOUND, NOT_AN_ACME_CERTIFICATE, … */
  renew(projectId: string, call: Call): Promise<Outcome>;
  /**
   * Starts an automatic renewal without waiting for its job.
   * @throws the errors of `renew`
   */
  startRenewal(projectId: string): Promise<void>;
  /**
   * Repeats a revocation without waiting for its job (revocation/retries.ts).
   * @throws the errors of `revoke`
   */
  retryRevocation(of: RevocationRetry): Promise<void>;
  /** @throws CERTIFICATE_NOT_FOUND, NOT_AN_ACME_CERTIFICATE, ALREADY_REVOKED, INVALID_REQUEST, … */
  revoke(projectId: string, request: RevokeRequest, call: Call): Promise<Outcome>;
}

type RevocationRetry = Pick<RevocationRetryRecord, 'projectId' | 'certificateId' | 'reason'>;

export interface IssuanceDeps {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly queue: JobQueue;
  readonly secrets: JobSecrets;
  readonly chooser: DnsChooser;
  readonly directories: DirectoryOverrides;
  /** The caller, recorded with saved credentials. */
  readonly savedBy: Journal['savedBy'];
  /** How long a caller waits for a job, in milliseconds. */
  readonly answerWithinMs: number;
}

/** The caller of a job and its idempotency key. `requestHash` is null without an Idempotency-Key. */
type Request = Pick<JobRecord, 'requestedBy' | 'idempotencyKey' | 'requestHash'>;

const AUTOMATIC_REQUEST: Request = { requestedBy: null, idempotencyKey: null, requestHash: null };

export function createIssuance(deps: IssuanceDeps): Issuance {
  const { stores, clock, queue, secrets, chooser } = deps;

  function newJob(projectId: string, input: JobInput, request: Request): JobRecord {
    return {
      id: randomUUID(),
      projectId,
      state: 'queued',
      step: null,
      input,
      result: null,
      error: null,
      ...request,
      createdAt: toTimestamp(clock.now()),
      startedAt: null,
      finishedAt: null,
      uncleanEnds: 0,
      heldUntil: null,
    };
  }

  /**
   * Returns the job that the same request has started before (Idempotency-Key).
   * @throws IDEMPOTENCY_KEY_REUSED
   */
  async function findRepeated({
    idempotencyKey,
    requestHash,
  }: Pick<JobRecord, 'idempotencyKey' | 'requestHash'>): Promise<JobRecord | null> {
    const before = idempotencyKey === null ? null : await stores.jobs.byIdempotencyKey(idempotencyKey);
    if (before !== null && before.requestHash !== requestHash) {
      throw new CertdeskError('IDEMPOTENCY_KEY_REUSED', undefined, { jobId: before.id });
    }
    return before;
  }

  /**
   * Runs a request once. A repeated request gets the response of the first one, even if the project or certificate
   * has changed since. It is therefore looked up before any check.
   */
  async function runOnce(
    of: { readonly projectId: string; readonly kind: JobInput['kind']; readonly body: unknown },
    call: Call,
    begin: (request: Request) => Promise<JobRecord>,
  ): Promise<Outcome> {
    const { projectId, kind, body } = of;
    const { idempotencyKey } = call;
    const requestHash = idempotencyKey === null ? null : hashOf({ projectId, kind, request: body });
    const before = await findRepeated({ idempotencyKey, requestHash });
    return answer(before ?? (await begin({ requestedBy: call.by, idempotencyKey, requestHash })), call);
  }

  async function submit(
    job: JobRecord,
    given: Parameters<JobSecrets['keep']>[1] = {},
    check: (tx: Stores) => Promise<unknown> = (tx) => refuseStale(tx, job),
  ): Promise<JobRecord> {
    await secrets.keep(job.id, given);
    try {
      await queue.submit(job, async (tx) => void (await check(tx)));
      return job;
    } catch (error) {
      await secrets.forget(job.id);
      // Two requests with the same key at once: the second one gets the job of the first.
      const first = await findRepeated(job);
      if (first !== null) return first;
      throw error;
    }
  }

  async function beginRenewal(
    projectId: string,
    request: Request,
    { automatic }: { readonly automatic: boolean },
  ): Promise<JobRecord> {
    const { spec, autoRenew, id: certificateId } = await findCertificate(stores, projectId);
    if (spec === null)
      throw new CertdeskError(
        'NOT_AN_ACME_CERTIFICATE',
        'Certdesk cannot renew an uploaded certificate. Upload a replacement',
      );
    const input = { kind: 'renew', certificateId, spec, autoRenew, automatic } as const;
    return submit(newJob(projectId, input, request));
  }

  async function answer(job: JobRecord, call: Call): Promise<Outcome> {
    if (call.respondAsync) return { done: false, job: { id: job.id, state: job.state } };
    const ended = await queue.wait(job.id, deps.answerWithinMs);
    if (ended.error !== null) throw CertdeskError.fromBody(ended.error);
    return { done: true, result: presentResult(ended) };
  }

  return {
    obtain: (projectId, body, call) =>
      runOnce({ projectId, kind: 'obtain', body }, call, async (request) => {
        const project = await findProject(stores, projectId);
        const base = toIssuanceSpec(project, body, deps.directories);
        const spec = { ...base, ...(await chooser.choose(projectId, body)) };
        await noteDirectory(stores.settings, spec.ca, deps.savedBy());
        const { autoRenew, dryRun, eab, dnsCredentials } = body;
        const job = newJob(projectId, { kind: 'obtain', spec, autoRenew, dryRun }, request);
        const savedBy = dnsCredentials === undefined ? {} : { savedBy: deps.savedBy() };
        return submit(job, { eab, dnsCredentials, ...savedBy });
      }),

    usesMachineRole: (projectId, body) => chooser.usesMachineRole(projectId, body),

    renew: (projectId, call) =>
      runOnce({ projectId, kind: 'renew', body: null }, call, (request) =>
        beginRenewal(projectId, request, { automatic: false }),
      ),

    async startRenewal(projectId) {
      await beginRenewal(projectId, AUTOMATIC_REQUEST, { automatic: true });
    },

    async retryRevocation({ projectId, certificateId, reason }) {
      const input = { kind: 'revoke', certificateId, reason, isRetry: true } as const;
      await submit(newJob(projectId, input, AUTOMATIC_REQUEST), {}, async (tx) =>
        refuseRevoke(await findVersion(tx, projectId, certificateId)),
      );
    },

    revoke: (projectId, { reason, replace = false, versionId }, call) => {
      // Without `replace`, the hash equals that of earlier versions, which knew only a reason.
      const body = { reason, versionId, ...(replace ? { replace } : {}) };
      return runOnce({ projectId, kind: 'revoke', body }, call, async (request) => {
        const certificate = await findVersion(stores, projectId, versionId);
        const { id: certificateId, autoRenew } = certificate;
        const spec = refuseRevoke(certificate);
        if (replace) refuseReplace(certificate);
        const replacement = replace ? { replacement: { spec, autoRenew } } : {};
        const input = { kind: 'revoke', certificateId, reason, ...replacement } as const;
        // A selected version is revoked even if it was superseded since. Only the active version can be replaced.
        const checkVersion = async (tx: Stores) => {
          const found = await findVersion(tx, projectId, versionId);
          refuseRevoke(found);
          if (replace) refuseReplace(found);
        };
        return submit(
          newJob(projectId, input, request),
          {},
          versionId === undefined ? undefined : checkVersion,
        );
      });
    },
  };
}

/**
 * Refuses a job whose certificate has changed since the request was checked.
 * @throws PROJECT_NOT_FOUND, CERTIFICATE_NOT_FOUND (removed or replaced)
 */
async function refuseStale(stores: Stores, { projectId, input }: JobRecord): Promise<void> {
  await findProject(stores, projectId);
  if (input.kind === 'obtain') return;
  const active = await stores.certificates.active(projectId);
  if (active?.id !== input.certificateId) {
    throw new CertdeskError('CERTIFICATE_NOT_FOUND', 'The certificate has just been removed or replaced');
  }
}

function refuseReplace({ supersededAt, removedAt }: CertificateRecord): void {
  if (supersededAt === null && removedAt === null) return;
  throw invalid('replace', 'only the active certificate can be replaced');
}

/**
 * Refuses to revoke the certificate, or returns its issuance spec.
 * @throws NOT_AN_ACME_CERTIFICATE, ALREADY_REVOKED
 */
function refuseRevoke({ spec, revokedAt }: CertificateRecord): IssuanceSpec {
  if (spec === null)
    throw new CertdeskError('NOT_AN_ACME_CERTIFICATE', 'Revoke an uploaded certificate with its issuer');
  if (revokedAt !== null)
    throw new CertdeskError('ALREADY_REVOKED', `The certificate was revoked at ${revokedAt}`);
  return spec;
}

/**
 * Hashes a request to recognize a repetition. Secrets are excluded, because a hash in the database could be attacked
 * by guessing.
 */
function hashOf(request: unknown): string {
  const text = JSON.stringify(request, (key, value: unknown) => (SECRET_FIELDS.has(key) ? true : value));
  return createHash('sha256').update(text).digest('hex');
}

const SECRET_FIELDS = new Set(['dnsCredentials', 'eab']);
