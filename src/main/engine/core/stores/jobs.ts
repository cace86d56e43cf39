// The store of jobs.
import type { JobRecord } from '../model.ts';

export interface JobStore {
  /**
   * Rejects with OPERATION_IN_PROGRESS (details.jobId) while another job of the project is unfinished, and with
   * IDEMPOTENCY_KEY_REUSED where a job of the same key is there already.
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
  /** Queued or running: what a start goes on with. Oldest first. */
  unfinished(projectId?: string): Promise<readonly JobRecord[]>;
  byIdempotencyKey(key: string): Promise<JobRecord | null>;
}
