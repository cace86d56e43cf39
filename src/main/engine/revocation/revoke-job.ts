// Runs revocations. If a replacement is requested, it is issued first, so that the names are never without a
// certificate.
import { REVOCATION_REASONS } from '../../../shared/certificate.ts';
import { type Timestamp, toTimestamp } from '../../../shared/time.ts';
import { outcome } from '../audit/journal.ts';
import { CertdeskError, toCertdeskError } from '../core/errors.ts';
import type { CertificateRecord, IssuanceSpec, JobInput, JobRecord } from '../core/model.ts';
import type { Stores } from '../core/stores.ts';
import { type LeftoverDeps, undo } from '../issuance/challenge-cleanup.ts';
import type { Issuer } from '../issuance/issuer.ts';
import { abandonOrder, forgetResumableOrders } from '../issuance/resumable-orders.ts';
import type { RenewalJobs } from '../renewal/renew-job.ts';
import { leavesRetry, retryAfterFailure } from './retries.ts';
import { type RevokeDeps, revokeAtCa } from './revoke-at-ca.ts';

/** More jobs than there are between two attempts at a revocation. */
const MANY_JOBS = 100;

type RevokeInput = Extract<JobInput, { kind: 'revoke' }>;

export interface RevocationJobs {
  run(job: JobRecord, input: RevokeInput, signal: AbortSignal): Promise<void>;
  /** Records the failure, in the transaction that marks the job as failed. */
  failed(job: JobRecord, input: RevokeInput, about: { error: CertdeskError; tx: Stores }): Promise<void>;
}

export function createRevocationJobs(
  deps: RevokeDeps & LeftoverDeps & { random(): number },
  issuer: Pick<Issuer, 'succeed'>,
  renewal: Pick<RenewalJobs, 'issueSuccessor' | 'failed'>,
): RevocationJobs {
  const { stores, journal, clock } = deps;

  /**
   * The certificate that an earlier run of this job has activated. No other job can have, because this one is
   * unfinished.
   */
  async function findActivated(job: JobRecord, certificateId: string): Promise<CertificateRecord | null> {
    const active = await stores.certificates.active(job.projectId);
    return active?.id === certificateId ? null : active;
  }

  /** When a key compromise was first reported. Keys that were created later have not leaked. */
  async function leakReportedAt(
    { projectId, createdAt }: JobRecord,
    certificateId: string,
  ): Promise<Timestamp> {
    const jobs = await stores.jobs.list({ projectId, projectIds: null, limit: MANY_JOBS });
    const reports = jobs.filter(
      ({ input }) =>
        input.kind === 'revoke' && input.reason === 'keyCompromise' && input.certificateId === certificateId,
    );
    return [createdAt, ...reports.map((job) => job.createdAt)].toSorted()[0] ?? createdAt;
  }

  /** Abandons what a killed run left of its order. A failure must not prevent the revocation. */
  async function abandonLeftovers(job: JobRecord, spec: IssuanceSpec): Promise<void> {
    try {
      await stores.transaction((tx) => abandonOrder(tx, job.id));
      const order = await stores.orders.get(job.id);
      if (order !== null) await undo(deps, { job, spec, order });
    } catch (error) {
      deps.log.warn(
        { jobId: job.id, err: error },
        'A leftover challenge could not be cleaned up; retrying later',
      );
    }
  }

  /**
   * Issues the replacement, if one is requested.
   * @throws like an issuance, with a sentence that nothing was revoked
   */
  async function replace(
    job: JobRecord,
    { certificateId, replacement }: RevokeInput,
    signal: AbortSignal,
  ): Promise<CertificateRecord | null> {
    if (replacement === undefined) return null;
    const before = await findActivated(job, certificateId);
    if (before !== null) {
      // The order is not resumed: a CA that fails now, or has lost the order, must not prevent the revocation.
      await abandonLeftovers(job, replacement.spec);
      signal.throwIfAborted();
      return before;
    }
    const input = { certificateId, ...replacement };
    return renewal.issueSuccessor(job, input, signal).catch((cause: unknown) => {
      signal.throwIfAborted();
      throw withContext(cause, 'Nothing was revoked, because the replacement failed', {});
    });
  }

  async function revoke(job: JobRecord, input: RevokeInput, signal: AbortSignal): Promise<void> {
    const certificate = await stores.certificates.get(input.certificateId);
    if (certificate === null) throw new CertdeskError('CERTIFICATE_NOT_FOUND');
    const { reason } = input;
    const since = await leakReportedAt(job, certificate.id);
    await revokeAtCa(deps, certificate, { reason, code: REVOCATION_REASONS[reason], signal });
    await journal.write(async (tx, emit) => {
      // It was revoked on purpose, and renewing it automatically would undo that.
      const patch = {
        revokedAt: toTimestamp(clock.now()),
        revocationReason: reason,
        autoRenew: false,
      };
      await tx.certificates.update(certificate.id, patch);
      await tx.revocationRetries.delete(certificate.id);
      // Repeated, because a clean-up that was running when the job began may have stored an order again.
      if (reason === 'keyCompromise') await forgetResumableOrders(tx, job.projectId, since);
      const message = `Certificate for ${certificate.domain} revoked (${reason})`;
      const of = { projectId: job.projectId, jobId: job.id };
      await emit({ kind: 'certificate.revoked', ...of, message, audit: outcome(job) });
    });
  }

  /** A person who asked for the revocation does not come back to repeat it while a leaked key stays trusted. */
  async function scheduleRetry(
    job: JobRecord,
    { certificateId, reason }: Pick<RevokeInput, 'certificateId' | 'reason'>,
    { error, tx }: { readonly error: CertdeskError; readonly tx: Stores },
  ): Promise<void> {
    const before = await tx.revocationRetries.get(certificateId);
    const certificate = await tx.certificates.get(certificateId);
    if (certificate === null || !(await leavesRetry(tx, job, before))) return;
    const about = { reason, error, now: clock.now(), random: deps.random() };
    await tx.revocationRetries.put(retryAfterFailure(certificate, before, about));
  }

  return {
    async run(job, input, signal) {
      // Even if the revocation fails, no later job may use a key from before the compromise.
      if (input.reason === 'keyCompromise') {
        const since = await leakReportedAt(job, input.certificateId);
        await stores.transaction((tx) => forgetResumableOrders(tx, job.projectId, since));
      }
      const replacement = await replace(job, input, signal);
      await revoke(job, input, signal).catch((cause: unknown) => {
        signal.throwIfAborted();
        if (replacement === null) throw cause;
        const { certificateId: versionId } = input;
        const text = `The replacement is active, but the previous certificate, version ${versionId}, is not revoked yet. Certdesk tries again until it is revoked or has expired`;
        throw withContext(cause, text, { versionId });
      });
      await issuer.succeed(job, replacement);
    },

    async failed(job, { certificateId, replacement, reason }, { error, tx }) {
      await scheduleRetry(job, { certificateId, reason }, { error, tx });
      if (replacement === undefined) return;
      const active = await tx.certificates.active(job.projectId);
      // The replacement is active, so the order did not fail.
      if (active?.id !== certificateId) await abandonOrder(tx, job.id);
      else await renewal.failed(certificateId, error, tx);
    },
  };
}

/** Adds to an error what it means for the revocation. */
function withContext(cause: unknown, text: string, more: object): CertdeskError {
  const error = toCertdeskError(cause);
  return error.reword(`${error.message} (${text}.)`, { ...Object(error.details), ...more });
}
