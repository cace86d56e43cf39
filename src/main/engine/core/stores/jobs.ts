// The interface of the store for jobs.
import type { JobRecord } from '../model.ts';

export interface JobStore {
  /**
   * Rejects with OPERATION_IN_PROGRESS (details.jobId) while the project has another unfinished job, and with
   * IDEMPOTENCY_KEY_REUSED if a job with the same key exists.
   */
  create(job: JobRecord): Promise<void>;
  get(id: string): Promise<JobRecord | null>;
  update(
    id: string,
    patch: Partial<
      Pick<
        JobRecord,
        'state' | 'step' | 'result' | 'error' | 'startedAt' | 'finishedAt' | 'uncleanEnds' | 'heldUntil'
      >
    >,
  ): Promise<void>;
  /** Newest first. */
  list(query: {
    readonly projectId?: string | undefined;
    readonly projectIds: readonly string[] | null;
    readonly limit: number;
  }): Promise<readonly JobRecord[]>;
  /** Queued or running jobs, which resume at startup. Oldest first. */
  unfinished(projectId?: string): Promise<readonly JobRecord[]>;
  byIdempotencyKey(key: string): Promise<JobRecord | null>;
}
