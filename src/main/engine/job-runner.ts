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
  /** @throws what the job fails with; the reason of `signal` */
  run(job: JobRecord, signal: AbortSignal): Promise<void>;
  /** In the transaction that says that the job has failed. */
  failed(job: JobRecord, error: CertdeskError, tx: Stores): Promise<void>;
  /** After the transaction that ended the job. */
  ended(job: JobRecord): Promise<void>;
}

export function createJobRunner(deps: JobRunnerDeps): JobRunner {
  const issuer = createIssuer(deps);
  const renewal = createRenewalJobs(deps, issuer);
  const revocation = createRevocationJobs(deps, issuer, renewal);
  const obtaining = { ...deps, issuer };
  return {
    run(job, signal) {
      const { input } = job;
      if (input.kind === 'obtain') return obtain(obtaining, job, input, signal);
      if (input.kind === 'renew') return renewal.run(job, input, signal);
      return revocation.run(job, input, signal);
    },
    async failed(job, error, tx) {
      await issuer.noteFailure(job, error, tx);
      if (job.input.kind === 'renew') await renewal.failed(job.input.certificateId, error, tx);
      if (job.input.kind === 'revoke') await revocation.failed(job, job.input, { error, tx });
    },
    /** Clean-up that is still to be done needs the credentials: then they stay with the order. */
    async ended({ id }) {
      const order = await deps.stores.orders.get(id);
      if (order === null || isCleaned(order)) await deps.secrets.forget(id);
    },
  };
}
