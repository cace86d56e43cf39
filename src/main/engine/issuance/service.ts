// Obtain, renew, revoke: what asks a CA. Each is a job; this file says what a request becomes, queue.ts runs it and
// job-runner.ts does it.

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
import type { Stores } from '../core/stores.ts';
import type { JobSecrets } from '../jobs/job-secrets.ts';
import type { JobQueue } from '../jobs/queue.ts';
import { toIssuanceSpec } from './issuance-spec.ts';

/** Who asks, and how the answer is wanted. */
export interface Call {
  /** A token's id, or null for Certdesk itself. */
  readonly by: string | null;
  /** Answer at once with the job (RFC 7240 `Prefer: respond-async`). */
  readonly respondAsync: boolean;
  readonly idempotencyKey: string | null;
}

/** What a job brought, or the job itself if nobody waited for it. */
export type Outcome =
  | { readonly done: true; readonly result: ReturnType<typeof presentResult> }
  | { readonly done: false; readonly job: { readonly id: string; readonly state: JobState } };

export interface Issuance {
  /** @throws PROJECT_NOT_FOUND, DOMAIN_NOT_CONFIGURED, INVALID_REQUEST, OPERATION_IN_PROGRESS, the job's own error */
  obtain(projectId: string, body: ObtainRequest, call: Call): Promise<Outcome>;
  /** Whether it would use the machine's AWS role by the caller's choice alone: see DnsChooser. */
  usesMachineRole(projectId: string, body: ObtainRequest): Promise<boolean>;
  /** @throws CERTIFICATE_NOT_FOUND, NOT_AN_ACME_CERTIFICATE, … */
  renew(projectId: string, call: Call): Promise<Outcome>;
  /** Starts a renewal on Certdesk's own account; its job is not waited for. @throws as `renew` */
  startRenewal(projectId: string): Promise<void>;
  /** @throws CERTIFICATE_NOT_FOUND, NOT_AN_ACME_CERTIFICATE, ALREADY_REVOKED, INVALID_REQUEST, … */
  revoke(projectId: string, request: RevokeRequest, call: Call): Promise<Outcome>;
}

export interface IssuanceDeps {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly queue: JobQueue;
  readonly secrets: JobSecrets;
  readonly chooser: DnsChooser;
  readonly directories: DirectoryOverrides;
  /** Who asks. */
  readonly savedBy: Journal['savedBy'];
  /** How long a caller is kept waiting; ms. */
  readonly answerWithinMs: number;
}

/** Of whom a job is; `requestHash` is null without an Idempotency-Key. */
type Request = Pick<JobRecord, 'requestedBy' | 'idempotencyKey' | 'requestHash'>;

const OWN_REQUEST: Request = { requestedBy: null, idempotencyKey: null, requestHash: null };

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

  /** The job that this very request has begun before (Idempotency-Key). @throws IDEMPOTENCY_KEY_REUSED */
  async function begunBefore({
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
   * The answer of a repeated request is the first one's, whatever has become of project and certificate since: that is
   * looked up before anything else. Only then is it judged, and begun.
   */
  async function once(
    of: { readonly projectId: string; readonly kind: JobInput['kind']; readonly body: unknown },
    call: Call,
    begin: (request: Request) => Promise<JobRecord>,
  ): Promise<Outcome> {
    const { projectId, kind, body } = of;
    const { idempotencyKey } = call;
    const requestHash = idempotencyKey === null ? null : hashOf({ projectId, kind, request: body });
    const before = await begunBefore({ idempotencyKey, requestHash });
    return answer(before ?? (await begin({ requestedBy: call.by, idempotencyKey, requestHash })), call);
  }

  async function submit(
    job: JobRecord,
    given: Parameters<JobSecrets['keep']>[1] = {},
    check: (tx: Stores) => Promise<unknown> = (tx) => stillThere(tx, job),
  ): Promise<JobRecord> {
    await secrets.keep(job.id, given);
    try {
      await queue.submit(job, async (tx) => void (await check(tx)));
      return job;
    } catch (error) {
      await secrets.forget(job.id);
      // Two of the same key at once: the second one finds the first one's job.
      const first = await begunBefore(job);
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
      once({ projectId, kind: 'obtain', body }, call, async (request) => {
        const project = await findProject(stores, projectId);
        const made = toIssuanceSpec(project, body, deps.directories);
        const spec = { ...made, ...(await chooser.choose(projectId, body)) };
        await noteDirectory(stores.settings, spec.ca, deps.savedBy());
        const { autoRenew, dryRun, eab, dnsCredentials } = body;
        const job = newJob(projectId, { kind: 'obtain', spec, autoRenew, dryRun }, request);
        const savedBy = dnsCredentials === undefined ? {} : { savedBy: deps.savedBy() };
        return submit(job, { eab, dnsCredentials, ...savedBy });
      }),

    usesMachineRole: (projectId, body) => chooser.usesMachineRole(projectId, body),

    renew: (projectId, call) =>
      once({ projectId, kind: 'renew', body: null }, call, (request) =>
        beginRenewal(projectId, request, { automatic: false }),
      ),

    async startRenewal(projectId) {
      await beginRenewal(projectId, OWN_REQUEST, { automatic: true });
    },

    revoke: (projectId, { reason, replace = false, versionId }, call) => {
      // As it was hashed before there was anything but a reason.
      const body = { reason, versionId, ...(replace ? { replace } : {}) };
      return once({ projectId, kind: 'revoke', body }, call, async (request) => {
        const certificate = await findVersion(stores, projectId, versionId);
        const { id: certificateId, autoRenew } = certificate;
        const spec = refuseRevoke(certificate);
        if (replace) refuseReplace(certificate);
        const replacement = replace ? { replacement: { spec, autoRenew } } : {};
        const input = { kind: 'revoke', certificateId, reason, ...replacement } as const;
        // A version that is named is revoked though another has taken its place since; but what is in use by then is
        // not the job's own replacement.
        const named = async (tx: Stores) => {
          const found = await findVersion(tx, projectId, versionId);
          refuseRevoke(found);
          if (replace) refuseReplace(found);
        };
        return submit(newJob(projectId, input, request), {}, versionId === undefined ? undefined : named);
      });
    },
  };
}

/** @throws PROJECT_NOT_FOUND, CERTIFICATE_NOT_FOUND where it was removed, or replaced, since the request was looked at. */
async function stillThere(stores: Stores, { projectId, input }: JobRecord): Promise<void> {
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

/** Returns how it was obtained. @throws NOT_AN_ACME_CERTIFICATE, ALREADY_REVOKED */
function refuseRevoke({ spec, revokedAt }: CertificateRecord): IssuanceSpec {
  if (spec === null)
    throw new CertdeskError('NOT_AN_ACME_CERTIFICATE', 'Revoke an uploaded certificate with its issuer');
  if (revokedAt !== null)
    throw new CertdeskError('ALREADY_REVOKED', `The certificate was revoked at ${revokedAt}`);
  return spec;
}

/** What makes two requests the same. Secrets stay out: even a hash in the database could be guessed at. */
function hashOf(request: unknown): string {
  const text = JSON.stringify(request, (key, value: unknown) => (SECRET_FIELDS.has(key) ? true : value));
  return createHash('sha256').update(text).digest('hex');
}

const SECRET_FIELDS = new Set(['dnsCredentials', 'eab']);
