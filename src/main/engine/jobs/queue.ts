// Runs jobs: written to the database before they start, gone on with after a restart, waited for by id.
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
  /** How many jobs run side by side. */
  readonly concurrency: number;
  /** Which of them only wait, and count for nothing. */
  readonly places: Pick<Places, 'listen'>;
  /** Does the work and writes its success itself, with the job's result, in the transaction that stores it. */
  run(job: JobRecord, signal: AbortSignal): Promise<void>;
  /** Called when a job has failed, in the transaction that says so. */
  failed(job: JobRecord, error: CertdeskError, stores: Stores): Promise<void>;
  /** Called when a job has ended either way and that is written. */
  ended(job: JobRecord): Promise<void>;
  /** Until a job whose end could not be written (a full disk) is gone on with, in ms; 10 s where left out. */
  readonly writeAgainMs?: number;
  /** Real time where left out. */
  readonly pace?: Timing;
}

export interface JobQueue {
  /**
   * Writes the job and lines it up.
   * @param check Looks again, in the same transaction, at what the request was judged by: it may have changed since.
   * @throws OPERATION_IN_PROGRESS, SHUTTING_DOWN, RESTORE_UNDER_WAY, what `check` throws.
   */
  submit(job: JobRecord, check: (stores: Stores) => Promise<void>): Promise<void>;
  /**
   * The job when it has ended. @throws ACME_TIMEOUT (details.jobId) after `timeoutMs`, STORAGE_FAILED (details.jobId)
   * then where it is the database that takes nothing, SHUTTING_DOWN when Certdesk stops; the job goes on in all cases.
   */
  wait(id: string, timeoutMs: number): Promise<JobRecord>;
  /** Lets as many run side by side as the settings want, and never fewer than `concurrency`. */
  setConcurrency(concurrency: number): void;
  /**
   * Takes no more jobs (RESTORE_UNDER_WAY), where none is under way or being written.
   * @returns what takes them again; null where one is.
   */
  hold(): (() => void) | null;
  /**
   * Starts a job now that is held back (hold-back.ts). One more unclean end while it runs holds it back again.
   * @throws JOB_NOT_FOUND, JOB_NOT_HELD_BACK, SHUTTING_DOWN, RESTORE_UNDER_WAY
   */
  startHeldBack(id: string): Promise<void>;
  /** Lines up what a former run left unfinished. */
  resume(): Promise<number>;
  /** Aborts what runs; it stays unfinished in the database and goes on at the next start. */
  stop(): Promise<void>;
  readonly size: { readonly running: number; readonly queued: number };
}

export function createJobQueue(deps: JobQueueDeps): JobQueue {
  const { stores, journal, clock, log, pace = REAL_TIMING } = deps;
  const queue = new PQueue({ concurrency: deps.concurrency });
  const stopping = new AbortController();
  const ended = new Map<string, Promise<void>>();
  /** Why the end of a job could not be written, until something of it can. */
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
    // Not waited for before the work begins, so that it is one commit with what that writes first.
    const running = { state: 'running', startedAt: job.startedAt ?? now(), heldUntil: null } as const;
    const begun = stores
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
      await begun; // nothing is left to write after the queue has stopped
    }
    await deps.ended(job).catch((error: unknown) => {
      // It has ended all the same, and whoever waits is told so.
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

  /** A job whose end cannot be written is no end: it is gone on with, until the database takes it. */
  async function toItsEnd(job: JobRecord): Promise<void> {
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
      .add(() => journal.detached(() => toItsEnd(job)))
      .catch((error: unknown) => log.error({ jobId: job.id, err: error }, 'A job could not be run'))
      .finally(() => {
        ended.delete(job.id);
        unwritten.delete(job.id);
      });
    ended.set(job.id, done);
  }

  /** Jobs that are held back in this run; aborting ends their wait. */
  const heldBack = new Map<string, AbortController>();

  function enqueueLater(job: JobRecord, ms: number): void {
    const wait = new AbortController();
    heldBack.set(job.id, wait);
    log.warn(
      { jobId: job.id, until: job.heldUntil },
      'Job held back: Certdesk crashed three times in a row while it ran',
    );
    pace.pause(ms, AbortSignal.any([stopping.signal, wait.signal])).then(
      () => {
        if (heldBack.delete(job.id)) enqueue({ ...job, heldUntil: null });
      },
      () => undefined, // Certdesk stops, and it stays held back; or it was started by hand
    );
  }

  const now = () => toTimestamp(clock.now());

  /** What the CA has said in a step of the job; null where it has had nothing to complain of. */
  async function lastProblem(jobId: string): Promise<Problem | null> {
    const steps = await stores.events.list({ jobId, limit: MANY_STEPS });
    const told = steps.findLast(({ data }) => problemIn(data) !== null);
    return problemIn(told?.data ?? null);
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
      throw notInTime(job, unwritten.get(id) ?? null, await lastProblem(id));
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
      if (!heldBack.delete(id)) return; // its time came meanwhile
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

/** More than a job has. */
const MANY_STEPS = 1_000;

function problemIn(data: Json): Problem | null {
  const { more } = (data ?? {}) as { readonly more?: { readonly problem?: Problem } | null };
  return more?.problem ?? null;
}

const STOP_WITHIN_MS = 10_000;
const WRITE_AGAIN_MS = 10_000;

function notInTime(
  { id, step, heldUntil }: JobRecord,
  unwritten: CertdeskError | null,
  problem: Problem | null,
): CertdeskError {
  const goesOn = `see /api/v1/jobs/${id}${heldUntil === null ? '' : ` (held back until ${heldUntil})`}`;
  const details = { jobId: id, step };
  if (unwritten !== null) {
    const text = `${unwritten.message} The job continues when the database can be written: ${goesOn}`;
    return unwritten.reword(text, details);
  }
  const said = problem === null ? null : describeProblem(problem);
  const last = said === null ? '' : ` The last problem that it reported: ${said}.`;
  const text = `The CA did not finish in time (${step ?? 'queued'}).${last} The job continues: ${goesOn}`;
  return new CertdeskError('ACME_TIMEOUT', text, problem === null ? details : { ...details, problem });
}

const isEnded = ({ state }: JobRecord): boolean => state === 'succeeded' || state === 'failed';

/** Resolves when the work has ended, the time is over or the signal aborts; nothing of it stays behind. */
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
