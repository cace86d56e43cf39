// Presents jobs and their events to the API, and follows events as they happen.
import type { Job, JobEvent, JobWithSteps } from '../../../shared/job.ts';
import type { Journal } from '../audit/journal.ts';
import { CertdeskError } from '../core/errors.ts';
import type { EventRecord, JobRecord } from '../core/model.ts';
import type { Stores } from '../core/stores.ts';

export interface Jobs {
  /** @throws JOB_NOT_FOUND */
  get(id: string): Promise<JobWithSteps>;
  /** Newest first. @param projectIds Only of these projects; null for all. */
  list(
    query: { readonly project?: string | undefined; readonly limit: number },
    projectIds: readonly string[] | null,
  ): Promise<readonly Job[]>;
}

export interface Events {
  /**
   * Yields the events after the given id (0: from the oldest stored event; null: only new events), then each new
   * event until the signal aborts.
   */
  follow(after: number | null, signal: AbortSignal): AsyncGenerator<JobEvent>;
}

/** @param presentResult Returns the public form of a job's result. */
export function createJobs(stores: Stores, presentResult: (job: JobRecord) => unknown): Jobs {
  const presentJob = (job: JobRecord): Job => ({ ...presentFacts(job), result: mutable(presentResult(job)) });
  return {
    async get(id) {
      const job = await stores.jobs.get(id);
      if (job === null) throw new CertdeskError('JOB_NOT_FOUND', `Job ${id} not found`);
      const events = await stores.events.list({ jobId: id, limit: 1000 });
      return { ...presentJob(job), steps: events.map(presentEvent) };
    },
    async list({ project, limit }, projectIds) {
      return (await stores.jobs.list({ projectId: project, projectIds, limit })).map(presentJob);
    },
  };
}

function presentFacts(job: JobRecord): Omit<Job, 'result'> {
  const { id, projectId, state, step, input, createdAt, startedAt, finishedAt, heldUntil, error } = job;
  return {
    id,
    kind: input.kind,
    projectId,
    state,
    step,
    dryRun: input.kind === 'obtain' && input.dryRun,
    ...(input.kind === 'revoke' && input.replacement !== undefined ? { replaces: true as const } : {}),
    automatic: input.kind === 'renew' ? input.automatic : input.kind === 'revoke' && input.isRetry === true,
    createdAt,
    startedAt,
    finishedAt,
    heldUntil,
    error: error && { ...error, details: mutable(error.details ?? null) },
  };
}

/** Presents a stored event. */
export function presentEvent(event: EventRecord): JobEvent {
  return { ...event, data: mutable(event.data) };
}

/** Stored JSON has a read-only type, while zod infers a mutable one. */
function mutable(json: unknown): JobEvent['data'] {
  return json as JobEvent['data'];
}

const PAGE = 500;

/** Creates the event stream over the stored events. */
export function createEvents(stores: Stores, journal: Journal): Events {
  return {
    async *follow(after, signal) {
      // After a restore, a reader may have seen ids that are higher than all in the database.
      const newest = await stores.events.lastId();
      let last = Math.min(after ?? newest, newest);
      let wake = () => {};
      // The database is the queue: a slow reader uses no memory, and no event is missed between reading and waiting.
      let hasNews = true;
      const unlisten = journal.listen(() => {
        hasNews = true;
        wake();
      });
      const stop = () => wake();
      signal.addEventListener('abort', stop);
      try {
        while (!signal.aborted) {
          if (!hasNews)
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          if (signal.aborted) return;
          hasNews = false;
          const events = await stores.events.list({ after: last, limit: PAGE });
          for (const event of events) {
            last = event.id;
            yield presentEvent(event);
          }
          if (events.length === PAGE) hasNews = true;
        }
      } finally {
        unlisten();
        signal.removeEventListener('abort', stop);
      }
    },
  };
}
