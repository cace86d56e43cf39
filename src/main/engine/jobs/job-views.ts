// Jobs and events as they are looked at.
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
  /** Events after the given id (0: from the first that is kept; null: from now on), then each new one until the signal aborts. */
  follow(after: number | null, signal: AbortSignal): AsyncGenerator<JobEvent>;
}

/** @param presentResult How answers show what a job brought. */
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
    automatic: input.kind === 'renew' && input.automatic,
    createdAt,
    startedAt,
    finishedAt,
    heldUntil,
    error: error && { ...error, details: mutable(error.details ?? null) },
  };
}

export function presentEvent(event: EventRecord): JobEvent {
  return { ...event, data: mutable(event.data) };
}

/** Stored JSON is read-only by its type here, and not by zod's. */
function mutable(json: unknown): JobEvent['data'] {
  return json as JobEvent['data'];
}

const PAGE = 500;

export function createEvents(stores: Stores, journal: Journal): Events {
  return {
    async *follow(after, signal) {
      // After a restore the ids that a reader has seen may be ahead of all that there are.
      const newest = await stores.events.lastId();
      let last = Math.min(after ?? newest, newest);
      let wake = () => {};
      // The database is the queue: a slow reader costs no memory, and nothing is missed between reading and waiting.
      let news = true;
      const unlisten = journal.listen(() => {
        news = true;
        wake();
      });
      const stop = () => wake();
      signal.addEventListener('abort', stop);
      try {
        while (!signal.aborted) {
          if (!news)
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          if (signal.aborted) return;
          news = false;
          const events = await stores.events.list({ after: last, limit: PAGE });
          for (const event of events) {
            last = event.id;
            yield presentEvent(event);
          }
          if (events.length === PAGE) news = true;
        }
      } finally {
        unlisten();
        signal.removeEventListener('abort', stop);
      }
    },
  };
}
