// Runs jobs. A job is in the database before it starts, resumes after a restart, and can be awaited by id.
import PQueue from 'p-queue';
import { jobName } from '../../../shared/steps.ts';
import { toTimestamp } from '../../../shared/time.ts';
import { describeProblem, type Problem } from '../acme/problem.ts';
import type { Journal } from '../audit/journal.ts';
import { CertdeskError, toCertdeskError } from '../core/errors.ts';
import type { JobRecord, Json } from '../core/model.ts';
import type { Clock, Log } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import { REAL_TIMING, type Timing } from '../core/timing.ts';
import { noteCleanStop, reviewUnfinished } from './hold-back.ts';
import type { Places } from './places.ts';

export interface JobQueueDeps {
  readonly stores: Stores;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  /** How many jobs run in parallel. */
  readonly concurrency: number;
  /** Reports how many jobs only wait and do not count for the concurrency. */
  readonly places: Pick<Places, 'listen'>;
  /**
   * Does the work. Stores the success and the job's result itself, in the transaction that stores what the job has
   * produced.
   */
  run(job: JobRecord, signal: AbortSignal): Promise<void>;
  /** Called when a job has failed, in the transaction that records the failure. */
  failed(job: JobRecord, error: CertdeskError, stores: Stores): Promise<void>;
  /** Called after a job has ended, whether it succeeded or failed, and the end is stored. */
  ended(job: JobRecord): Promise<void>;
  /** Milliseconds until a job is resumed whose end could not be stored (a full disk). Default: 10 seconds. */
  readonly writeAgainMs?: number;
  /** Default: real time. */
  readonly timing?: Timing;
}

export interface JobQueue {
  /**
   * Stores the job and enqueues it.
   * @param check Repeats the checks of the request in the same transaction, because the data may have changed since.
   * @throws OPERATION_IN_PROGRESS, SHUTTING_DOWN, RESTORE_UNDER_WAY, and what `check` throws
   */
  submit(job: JobRecord, check: (stores: Stores) => Promise<void>): Promise<void>;
  /**
   * Waits for a job to end and returns it. If this throws, the job continues.
   * @throws ACME_TIMEOUT (details.jobId) after `timeoutMs`, STORAGE_FAILED (details.jobId) if the database could not
   * be written by then, SHUTTING_DOWN if Certdesk is stopping
   */
  wait(id: string, timeoutMs: number): Promise<JobRecord>;
  /** Sets how many jobs run in parallel. The value of `JobQueueDeps.concurrency` is the minimum. */
  setConcurrency(concurrency: number): void;
  /**
   * Refuses new jobs with RESTORE_UNDER_WAY, provided that no job is running, waiting or being submitted.
   * @returns a function that accepts jobs again, or null if the queue is not idle
   */
  hold(): (() => void) | null;
  /**
   * Starts a job that is held back (hold-back.ts) now. One more unclean end while it runs holds it back again.
   * @throws JOB_NOT_FOUND, JOB_NOT_HELD_BACK, SHUTTING_DOWN, RESTORE_UNDER_WAY
   */
  startHeldBack(id: string): Promise<void>;
  /** Enqueues the unfinished jobs of the previous run and returns their number. */
  resume(): Promise<number>;
  /** Aborts the running jobs. They stay unfinished in the database and resume at the next start. */
  stop(): Promise<void>;
  readonly size: { readonly running: number; readonly queued: number };
}

/** Creates the queue. Call `resume` to enqueue the unfinished jobs of the previous run. */
export function createJobQueue(deps: JobQueueDeps): JobQueue {
  const { stores, journal, clock, log, timing = REAL_TIMING } = deps;
  const queue = new PQueue({ concurrency: deps.concurrency });
  const stopping = new AbortController();
  const ended = new Map<string, Promise<void>>();
  /** By job id: why the job's end could not be stored, until a write succeeds. */
  const unwritten = new Map<string, CertdeskError>();
  let held = false;
  let wanted = deps.concurrency;
  let waiting = 0;
  deps.places.listen((count) => {
    waiting = count;
    queue.concurrency = wanted + waiting;
  });
  let submitting = 0;

  async function perform(job: JobRecord): Promise<void> {
    if (stopping.signal.aborted) return;
    // Awaited only after the work, so that it shares a commit with the first write of the work.
    const running = { state: 'running', startedAt: job.startedAt ?? now(), heldUntil: null } as const;
    const started = stores
      .transaction((tx) => tx.jobs.update(job.id, running))
      .then(() => void unwritten.delete(job.id))
      .catch((error: unknown) =>
        log.warn({ jobId: job.id, err: error }, 'The start of a job could not be stored'),
      );
    try {
      await deps.run(job, stopping.signal);
    } catch (cause) {
      if (stopping.signal.aborted) return;
      await fail(job, toCertdeskError(cause));
    } finally {
      await started; // otherwise this write could come after the queue has stopped
    }
    await deps.ended(job).catch((error: unknown) => {
      // The job has ended all the same, and its callers get the result.
      log.warn({ jobId: job.id, err: error }, 'The secrets of a finished job could not be deleted');
    });
  }

  async function fail(job: JobRecord, error: CertdeskError): Promise<void> {
    if (error.code === 'INTERNAL')
      log.error({ jobId: job.id, err: error.cause }, 'A job failed unexpectedly');
    await journal.write(async (tx, emit) => {
      await tx.jobs.update(job.id, { state: 'failed', error: error.toBody(), finishedAt: now() });
      await deps.failed(job, error, tx);
      await emit({
        kind: 'job.failed',
        projectId: job.projectId,
        jobId: job.id,
        message: error.message,
        data: { kind: job.input.kind, code: error.code },
        audit: { operation: `certificates.${job.input.kind}`, result: error.code },
      });
    });
  }

  /** A job whose end cannot be stored has not ended. It is run again until the database accepts its end. */
  async function runToEnd(job: JobRecord): Promise<void> {
    for (let known: JobRecord | null = job; known !== null && !isEnded(known); ) {
      try {
        return await perform(known);
      } catch (error) {
        unwritten.set(job.id, toCertdeskError(error));
        log.error({ jobId: job.id, err: error }, 'The end of a job could not be stored; retrying');
      }
      const never = new Promise(() => undefined);
      await raceTime(never, deps.writeAgainMs ?? WRITE_AGAIN_MS, stopping.signal);
      if (stopping.signal.aborted) return;
      known = await stores.jobs.get(job.id).catch(() => job);
    }
  }

  function enqueue(job: JobRecord): void {
    const done = queue
      .add(() => journal.detached(() => runToEnd(job)))
      .catch((error: unknown) => log.error({ jobId: job.id, err: error }, 'A job could not be run'))
      .finally(() => {
        ended.delete(job.id);
        unwritten.delete(job.id);
      });
    ended.set(job.id, done);
  }

  /** Held-back jobs of this run, by id. Aborting the controller ends the job's wait. */
  const heldBack = new Map<string, AbortController>();

  function enqueueLater(job: JobRecord, ms: number): void {
    const wait = new AbortController();
    heldBack.set(job.id, wait);
    log.warn(
      { jobId: job.id, until: job.heldUntil },
      'Job held back: Certdesk crashed three times in a row while it ran',
    );
    timing.pause(ms, AbortSignal.any([stopping.signal, wait.signal])).then(
      () => {
        if (heldBack.delete(job.id)) enqueue({ ...job, heldUntil: null });
      },
      () => undefined, // Certdesk is stopping and the job stays held back, or a user has started it
    );
  }

  const now = () => toTimestamp(clock.now());

  /** The last problem document in the job's steps, or null if the CA reported none. */
  async function lastProblem(jobId: string): Promise<Problem | null> {
    const steps = await stores.events.list({ jobId, limit: MANY_STEPS });
    const reported = steps.findLast(({ data }) => problemIn(data) !== null);
    return problemIn(reported?.data ?? null);
  }

  return {
    async submit(job, check) {
      if (stopping.signal.aborted) throw new CertdeskError('SHUTTING_DOWN');
      if (held) throw new CertdeskError('RESTORE_UNDER_WAY');
      submitting += 1;
      try {
        await journal.write(async (tx, emit) => {
          await check(tx);
          await tx.jobs.create(job);
          const message = `${jobName(job.input)} started`;
          await emit({
            kind: 'job.queued',
            projectId: job.projectId,
            jobId: job.id,
            message,
            data: { kind: job.input.kind },
          });
        });
        enqueue(job);
      } finally {
        submitting -= 1;
      }
    },
    hold() {
      if (held || submitting + queue.pending + queue.size > 0) return null;
      held = true;
      return () => {
        held = false;
      };
    },
    async wait(id, timeoutMs) {
      await raceTime(ended.get(id), timeoutMs, stopping.signal);
      const job = await stores.jobs.get(id);
      if (job === null) throw new CertdeskError('JOB_NOT_FOUND', `Job ${id} not found`);
      if (isEnded(job)) return job;
      if (stopping.signal.aborted) throw new CertdeskError('SHUTTING_DOWN', undefined, { jobId: id });
      throw timedOut(job, unwritten.get(id) ?? null, await lastProblem(id));
    },
    setConcurrency(concurrency) {
      wanted = Math.max(deps.concurrency, concurrency);
      queue.concurrency = wanted + waiting;
    },
    async startHeldBack(id) {
      if (stopping.signal.aborted) throw new CertdeskError('SHUTTING_DOWN');
      if (held) throw new CertdeskError('RESTORE_UNDER_WAY');
      const wait = heldBack.get(id);
      const job = await stores.jobs.get(id);
      if (job === null) throw new CertdeskError('JOB_NOT_FOUND', `Job ${id} not found`);
      if (wait === undefined) throw new CertdeskError('JOB_NOT_HELD_BACK');
      await journal.write(async (tx, emit) => {
        await tx.jobs.update(id, { heldUntil: null });
        const { projectId, input } = job;
        const message = `${jobName(input)} started manually before its time`;
        await emit({ kind: 'job.released', projectId, jobId: id, message });
      });
      if (!heldBack.delete(id)) return; // its hour ended during the write
      wait.abort();
      enqueue({ ...job, heldUntil: null });
    },
    async resume() {
      const jobs = await reviewUnfinished(deps);
      for (const job of jobs) {
        if (ended.has(job.id)) continue;
        const heldMs = job.heldUntil === null ? 0 : Date.parse(job.heldUntil) - clock.now().getTime();
        if (heldMs > 0) enqueueLater(job, heldMs);
        else enqueue(job);
      }
      return jobs.length;
    },
    async stop() {
      stopping.abort(new CertdeskError('SHUTTING_DOWN'));
      queue.clear();
      await raceTime(queue.onIdle(), STOP_WITHIN_MS, null);
      await noteCleanStop(stores).catch((error: unknown) =>
        log.warn({ err: error }, 'The clean stop could not be stored'),
      );
    },
    get size() {
      return { running: queue.pending, queued: queue.size };
    },
  };
}

/** More steps than any job has. */
const MANY_STEPS = 1_000;

function problemIn(data: Json): Problem | null {
  const { more } = (data ?? {}) as { readonly more?: { readonly problem?: Problem } | null };
  return more?.problem ?? null;
}

const STOP_WITHIN_MS = 10_000;
const WRITE_AGAIN_MS = 10_000;

function timedOut(
  { id, step, heldUntil }: JobRecord,
  unwritten: CertdeskError | null,
  problem: Problem | null,
): CertdeskError {
  const where = `see /api/v1/jobs/${id}${heldUntil === null ? '' : ` (held back until ${heldUntil})`}`;
  const details = { jobId: id, step };
  if (unwritten !== null) {
    const text = `${unwritten.message} The job continues when the database can be written: ${where}`;
    return unwritten.reword(text, details);
  }
  const description = problem === null ? null : describeProblem(problem);
  const last = description === null ? '' : ` The last problem that it reported: ${description}.`;
  const text = `The CA did not finish in time (${step ?? 'queued'}).${last} The job continues: ${where}`;
  return new CertdeskError('ACME_TIMEOUT', text, problem === null ? details : { ...details, problem });
}

const isEnded = ({ state }: JobRecord): boolean => state === 'succeeded' || state === 'failed';

/** Resolves when the work ends, the time is up or the signal aborts. Leaves no timer or listener behind. */
async function raceTime(
  work: Promise<unknown> | undefined,
  ms: number,
  signal: AbortSignal | null,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = () => resolve();
  const timer = setTimeout(stop, ms);
  if (signal?.aborted === true) resolve();
  signal?.addEventListener('abort', stop);
  await Promise.race([work, promise]);
  clearTimeout(timer);
  signal?.removeEventListener('abort', stop);
}
