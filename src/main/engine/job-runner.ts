// Runs a job by its kind. jobs/queue.ts calls it.
import type { CertdeskError } from './core/errors.ts';
import type { JobRecord } from './core/model.ts';
import type { Stores } from './core/stores.ts';
import { createIssuer, type IssuerDeps } from './issuance/issuer.ts';
import { type ObtainJobDeps, obtain } from './issuance/obtain-job.ts';
import { isCleaned } from './issuance/resumable-orders.ts';
import { createRenewalJobs } from './renewal/renew-job.ts';
import type { RevokeDeps } from './revocation/revoke-at-ca.ts';
import { createRevocationJobs } from './revocation/revoke-job.ts';

export type JobRunnerDeps = IssuerDeps & Omit<ObtainJobDeps, 'issuer'> & RevokeDeps;

export interface JobRunner {
  /**
   * Runs a job.
   * @throws the error that the job fails with; the reason of `signal`
   */
  run(job: JobRecord, signal: AbortSignal): Promise<void>;
  /** Records the failure, in the transaction that marks the job as failed. */
  failed(job: JobRecord, error: CertdeskError, tx: Stores): Promise<void>;
  /** Deletes the job's secrets, after the transaction that ended the job. */
  ended(job: JobRecord): Promise<void>;
}

export function createJobRunner(deps: JobRunnerDeps): JobRunner {
  const issuer = createIssuer(deps);
  const renewal = createRenewalJobs(deps, issuer);
  const revocation = createRevocationJobs(deps, issuer, renewal);
  const obtainDeps = { ...deps, issuer };
  return {
    run(job, signal) {
      const { input } = job;
      if (input.kind === 'obtain') return obtain(obtainDeps, job, input, signal);
      if (input.kind === 'renew') return renewal.run(job, input, signal);
      return revocation.run(job, input, signal);
    },
    async failed(job, error, tx) {
      await issuer.noteFailure(job, error, tx);
      if (job.input.kind === 'renew') await renewal.failed(job.input.certificateId, error, tx);
      if (job.input.kind === 'revoke') await revocation.failed(job, job.input, { error, tx });
    },
    /** Pending clean-up needs the credentials, so they stay as long as the order. */
    async ended({ id }) {
      const order = await deps.stores.orders.get(id);
      if (order === null || isCleaned(order)) await deps.secrets.forget(id);
    },
  };
}
