// What a revocation does: at the CA, and where its replacement is wanted, that first, so that the names are never
// without a certificate.
import { REVOCATION_REASONS } from '../../../shared/certificate.ts';
import { type Timestamp, toTimestamp } from '../../../shared/time.ts';
import { outcome } from '../audit/journal.ts';
import { CertdeskError, toCertdeskError } from '../core/errors.ts';
import type { CertificateRecord, IssuanceSpec, JobInput, JobRecord } from '../core/model.ts';
import type { Stores } from '../core/stores.ts';
import { type LeftoverDeps, undo } from '../issuance/challenge-cleanup.ts';
import type { Issuer } from '../issuance/issuer.ts';
import { abandonOrder, forgetKeptOrders } from '../issuance/resumable-orders.ts';
import type { RenewalJobs } from '../renewal/renew-job.ts';
import { type RevokeDeps, revokeAtCa } from './revoke-at-ca.ts';

/** More than there are between two attempts at a revocation. */
const MANY_JOBS = 100;

type RevokeInput = Extract<JobInput, { kind: 'revoke' }>;

export interface RevocationJobs {
  run(job: JobRecord, input: RevokeInput, signal: AbortSignal): Promise<void>;
  /** In the transaction that says that the job has failed. */
  failed(job: JobRecord, input: RevokeInput, about: { error: CertdeskError; tx: Stores }): Promise<void>;
}

export function createRevocationJobs(
  deps: RevokeDeps & LeftoverDeps,
  issuer: Pick<Issuer, 'succeed'>,
  renewal: Pick<RenewalJobs, 'issueSuccessor' | 'failed'>,
): RevocationJobs {
  const { stores, journal, clock } = deps;

  /** What a former run of the job has taken into use: no other may while the job is unfinished. */
  async function takenBefore(job: JobRecord, certificateId: string): Promise<CertificateRecord | null> {
    const active = await stores.certificates.active(job.projectId);
    return active?.id === certificateId ? null : active;
  }

  /** When the first revocation for that reason was asked for: keys that were made since then have not leaked. */
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

  /** What a run that was killed has left of the order. A failure must not stand before the revocation either. */
  async function leaveBehind(job: JobRecord, spec: IssuanceSpec): Promise<void> {
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

  /** @throws as an issuance does, with a sentence that says that nothing was revoked */
  async function replace(
    job: JobRecord,
    { certificateId, replacement }: RevokeInput,
    signal: AbortSignal,
  ): Promise<CertificateRecord | null> {
    if (replacement === undefined) return null;
    const before = await takenBefore(job, certificateId);
    if (before !== null) {
      // Not walked again: a CA that fails now, or has forgotten the order, must not stand between it and the revocation.
      await leaveBehind(job, replacement.spec);
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
      // It was revoked on purpose: renewing it by itself would undo that.
      const patch = {
        revokedAt: toTimestamp(clock.now()),
        revocationReason: reason,
        autoRenew: false,
      };
      await tx.certificates.update(certificate.id, patch);
      // Once more: a clean-up that was under way when the job began may have written one anew.
      if (reason === 'keyCompromise') await forgetKeptOrders(tx, job.projectId, since);
      const message = `Certificate for ${certificate.domain} revoked (${reason})`;
      const of = { projectId: job.projectId, jobId: job.id };
      await emit({ kind: 'certificate.revoked', ...of, message, audit: outcome(job) });
    });
  }

  return {
    async run(job, input, signal) {
      // Whatever becomes of the revocation: no later job may take over a key from before the leak.
      if (input.reason === 'keyCompromise') {
        const since = await leakReportedAt(job, input.certificateId);
        await stores.transaction((tx) => forgetKeptOrders(tx, job.projectId, since));
      }
      const replaced = await replace(job, input, signal);
      await revoke(job, input, signal).catch((cause: unknown) => {
        signal.throwIfAborted();
        if (replaced === null) throw cause;
        const { certificateId: versionId } = input;
        const text = `The replacement is active, but the previous certificate, version ${versionId}, is not revoked yet`;
        throw withContext(cause, text, { versionId });
      });
      await issuer.succeed(job, replaced);
    },

    async failed(job, { certificateId, replacement }, { error, tx }) {
      if (replacement === undefined) return;
      const active = await tx.certificates.active(job.projectId);
      // Whatever has failed, it was not the order.
      if (active?.id !== certificateId) await abandonOrder(tx, job.id);
      else await renewal.failed(certificateId, error, tx);
    },
  };
}

/** The same failure, with what it means for the revocation. */
function withContext(cause: unknown, text: string, more: object): CertdeskError {
  const error = toCertdeskError(cause);
  return error.reword(`${error.message} (${text}.)`, { ...Object(error.details), ...more });
}
