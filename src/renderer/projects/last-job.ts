// Whether the last job of a project still says something about its state.
import type { Job } from '../../shared/job.ts';

/**
 * The job to show above a project's certificate: one that runs, or one that failed and that no certificate has followed.
 * States follow the certificate: after an upload an earlier failure is history, and so is a dry run.
 * @param storedAt When the active certificate was stored; null: there is none.
 */
export function jobToShow(job: Job | undefined, storedAt: string | null): Job | null {
  if (job === undefined || job.state === 'succeeded') return null;
  if (job.state !== 'failed') return job;
  if (job.dryRun) return null;
  return storedAt === null || (job.finishedAt ?? '') > storedAt ? job : null;
}
