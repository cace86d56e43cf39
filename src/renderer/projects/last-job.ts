// Decides whether a project's last job is still relevant to its state.
import type { Job } from '../../shared/job.ts';

/**
 * Returns the job to show above a project's certificate: a running one, or a failed one that no certificate has
 * followed. After an upload, earlier failures and dry runs are history.
 * @param storedAt When the active certificate was stored; null if there is none.
 */
export function jobToShow(job: Job | undefined, storedAt: string | null): Job | null {
  if (job === undefined || job.state === 'succeeded') return null;
  if (job.state !== 'failed') return job;
  if (job.dryRun) return null;
  return storedAt === null || (job.finishedAt ?? '') > storedAt ? job : null;
}
