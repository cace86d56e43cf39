// What happens is written and told in one way: state, event and audit entry go into one transaction, and listeners
// hear of it after the commit, so that nobody is told what is not true.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { AuditResult } from '../../../shared/audit.ts';
import { toTimestamp } from '../../../shared/time.ts';
import { type CertdeskError, toCertdeskError } from '../core/errors.ts';
import type { Actor, AuditRecord, EventRecord, JobRecord, Json, SavedBy } from '../core/model.ts';
import type { Clock, Log } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import { toSavedBy } from '../outgoing/saved-by.ts';
import { appendEntry } from './append.ts';
import { CERTDESK, type NewAuditEntry } from './entry.ts';
import { createRepeatedFailures } from './repeated-failures.ts';

export interface NewEvent {
  readonly kind: string;
  readonly message: string;
  readonly projectId?: string | null;
  readonly jobId?: string | null;
  readonly data?: Json;
  /**
   * Put into the audit trail whoever acts: the outcome of a job, what Certdesk does by itself. The actor is who asked
   * for the job, where none is named. What is told while an operation is performed is put there anyway.
   */
  readonly audit?: {
    readonly operation: string;
    readonly result: AuditResult;
    readonly actor?: Actor;
  };
}

/** What a job has changed, for the audit trail, under the operation that has begun it. */
export function outcome({ input }: JobRecord): NewEvent['audit'] {
  return { operation: `certificates.${input.kind}`, result: 'ok' };
}

export type Emit = (event: NewEvent) => Promise<void>;

/** An operation that somebody performs. */
export interface Act {
  readonly actor: Actor;
  /** As the router names it: `certificates.obtain`. */
  readonly operation: string;
  /** For entries that no event says more of. */
  readonly summary: string;
  readonly projectId: string | null;
  /** `always`: whatever comes of it. `changes`: only what it tells: for what is mostly a read. */
  readonly record: 'always' | 'changes';
}

export interface Journal {
  /** Runs `work` in a transaction; the events that it emits are stored with it and told after it. */
  write<T>(work: (stores: Stores, emit: Emit) => Promise<T>): Promise<T>;
  /** An event that goes with no other change. */
  emit(event: NewEvent): Promise<void>;
  /** An audit entry that goes with no event. */
  record(entry: NewAuditEntry): Promise<void>;
  /**
   * Runs an operation and puts it into the audit trail: each event that it tells, in the transaction of its change; a
   * success that has told nothing, and a failure, right after it; failures that repeat are counted. How a job ends that it has begun is not its own
   * failure: that has an entry of its own.
   * @param failureOf For work that answers with its failure in place of throwing it.
   */
  perform<T>(act: Act, work: () => Promise<T>, failureOf?: (result: T) => CertdeskError | null): Promise<T>;
  /** Who saves what is saved in the operation that this runs in; Certdesk itself outside of one. */
  savedBy(): SavedBy;
  /** Runs what goes on by itself from here: it is not put down to the operation that has set it off. */
  detached<T>(work: () => T): T;
  /** Records the failures that were counted until now (audit/repeated-failures.ts). */
  flush(): Promise<void>;
  /** @returns a function that ends it. */
  listen(listener: (event: EventRecord) => void): () => void;
}

interface Performance {
  readonly act: Act;
  told: boolean;
  begunJob: boolean;
  ended: boolean;
}

export function createJournal(stores: Stores, clock: Clock, log: Log): Journal {
  const listeners = new Set<(event: EventRecord) => void>();
  const performances = new AsyncLocalStorage<Performance | null>();
  const now = () => toTimestamp(clock.now());

  function publish({ kind, projectId, jobId, data, message }: EventRecord, entry: AuditRecord | null): void {
    log.info({ kind, projectId, jobId, data, ...(entry === null ? {} : { audit: placeOf(entry) }) }, message);
  }

  function current(): Performance | null {
    const performance = performances.getStore() ?? null;
    return performance?.ended === false ? performance : null;
  }

  const write: Journal['write'] = async (work) => {
    const performance = current();
    let told: { readonly event: EventRecord; readonly entry: AuditRecord | null }[] = [];
    const result = await stores.transaction((tx) => {
      told = []; // of a first try that was lost nothing has happened
      const emit: Emit = async ({ audit, ...given }) => {
        const event = { projectId: null, jobId: null, data: null, ...given, at: now() };
        const entry = await entryOf(tx, { event, audit, act: performance?.act });
        told.push({
          event: await tx.events.append(event),
          entry: entry && (await appendEntry(tx, entry, event.at)),
        });
      };
      return work(tx, emit);
    });
    for (const { event, entry } of told) {
      if (performance !== null) performance.told = true;
      if (performance !== null && event.jobId !== null) performance.begunJob = true;
      publish(event, entry);
      for (const listener of listeners) listener(event);
    }
    return result;
  };

  const record: Journal['record'] = async (entry) => {
    const written = await stores.transaction((tx) => appendEntry(tx, entry, now()));
    log.info({ operation: entry.operation, result: entry.result, audit: placeOf(written) }, entry.message);
  };

  const repeated = createRepeatedFailures({ record, log });

  /** What the events have not said. */
  async function conclude(
    { act, told, begunJob }: Performance,
    failure: CertdeskError | null,
  ): Promise<void> {
    const { actor, operation, projectId } = act;
    if (act.record === 'changes' && !told) return;
    if (failure === null ? told : begunJob) return;
    const result = failure?.code ?? 'ok';
    const message = failure?.message ?? act.summary;
    const entry: NewAuditEntry = { actor, operation, projectId, jobId: null, result, message };
    await (failure !== null && failure.entry.status < 500 ? repeated.note(entry) : record(entry));
  }

  return {
    write,
    emit: (event) => write((_, emit) => emit(event)),
    record,
    async perform(act, work, failureOf = () => null) {
      const performance: Performance = { act, told: false, begunJob: false, ended: false };
      const end = (failure: CertdeskError | null) => {
        performance.ended = true;
        return conclude(performance, failure);
      };
      const result = await performances.run(performance, work).catch(async (error: unknown) => {
        // The first failure is what the caller is to hear of.
        await end(toCertdeskError(error)).catch((second: unknown) =>
          log.error(
            { err: second, operation: act.operation },
            'A failure could not be recorded in the audit trail',
          ),
        );
        throw error;
      });
      await end(failureOf(result));
      return result;
    },
    savedBy() {
      return toSavedBy(current()?.act.actor ?? CERTDESK);
    },
    detached: (work) => performances.run(null, work),
    flush: repeated.flush,
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Null where it is no matter of the audit trail: the steps of a job, say. */
async function entryOf(
  tx: Stores,
  {
    event: { projectId, jobId, message },
    audit,
    act,
  }: {
    readonly event: Required<Pick<NewEvent, 'projectId' | 'jobId' | 'message'>>;
    readonly audit: NewEvent['audit'];
    readonly act: Act | undefined;
  },
): Promise<NewAuditEntry | null> {
  if (act !== undefined) {
    const { actor, operation } = act;
    const result = audit?.result ?? 'ok';
    return { actor, operation, projectId: projectId ?? act.projectId, jobId, result, message };
  }
  if (audit === undefined) return null;
  const begun = jobId === null ? null : await tx.audit.firstOfJob(jobId);
  const actor = audit.actor ?? begun?.actor ?? CERTDESK;
  return { actor, operation: audit.operation, projectId, jobId, result: audit.result, message };
}

/** For the log, which is kept elsewhere: an entry that was noted there cannot be made undone here unseen. */
function placeOf({ seq, hash }: AuditRecord): string {
  return `${seq}:${hash}`;
}
