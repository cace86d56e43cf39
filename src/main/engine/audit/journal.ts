// Records changes: state, event and audit entry are written in one transaction, and listeners are notified after the
// commit, so that they never hear of a change that was rolled back.
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
   * Adds an audit entry for an event outside of an operation: the outcome of a job, or a task of Certdesk itself. The
   * default actor is the one who started the job. Events emitted during an operation always get an entry.
   */
  readonly audit?: {
    readonly operation: string;
    readonly result: AuditResult;
    readonly actor?: Actor;
  };
}

/** The audit fields for a job's successful change, under the operation that started the job. */
export function outcome({ input }: JobRecord): NewEvent['audit'] {
  return { operation: `certificates.${input.kind}`, result: 'ok' };
}

export type Emit = (event: NewEvent) => Promise<void>;

/** A call of an operation by an actor. */
export interface Act {
  readonly actor: Actor;
  /** The operation's name in the router: `certificates.obtain`. */
  readonly operation: string;
  /** The message of the audit entry if the operation emits no event. */
  readonly summary: string;
  readonly projectId: string | null;
  /**
   * `always`: record every call. `changes`: record only calls that emit events, for operations that mostly read.
   * `failures`: record calls that emit events, and failures.
   */
  readonly record: 'always' | 'changes' | 'failures';
}

export interface Journal {
  /**
   * Runs `work` in a transaction. The events that it emits are stored in the same transaction and sent to listeners after
   * the commit.
   * @example await journal.write(async (tx, emit) => {
   *   await tx.tokens.create(token);
   *   await emit({ kind: 'token.created', message: `Token ${token.name} created` });
   * });
   */
  write<T>(work: (stores: Stores, emit: Emit) => Promise<T>): Promise<T>;
  /** Emits an event that accompanies no other change. */
  emit(event: NewEvent): Promise<void>;
  /** Adds an audit entry without an event. */
  record(entry: NewAuditEntry): Promise<void>;
  /**
   * Runs an operation and records it in the audit trail: each event in the transaction of its change; a success without
   * events, or a failure, right afterwards. Repeated failures are counted. The failure of a job that the operation
   * started gets its own entry.
   * @param failureOf For work that returns its failure instead of throwing it.
   */
  perform<T>(act: Act, work: () => Promise<T>, failureOf?: (result: T) => CertdeskError | null): Promise<T>;
  /** The actor of the current operation; Certdesk itself outside of an operation. */
  savedBy(): SavedBy;
  /** Starts background work whose events do not belong to the current operation. */
  detached<T>(work: () => T): T;
  /** Records the failures counted so far (audit/repeated-failures.ts). */
  flush(): Promise<void>;
  /** @returns a function that removes the listener */
  listen(listener: (event: EventRecord) => void): () => void;
}

/** An operation while it runs. */
interface Performance {
  readonly act: Act;
  hasEmitted: boolean;
  hasStartedJob: boolean;
  ended: boolean;
}

/** Create one journal per database, because listeners hear only of events that their journal writes. */
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
    let emitted: { readonly event: EventRecord; readonly entry: AuditRecord | null }[] = [];
    const result = await stores.transaction((tx) => {
      emitted = []; // `work` may run twice: drop the events of a run that was rolled back
      const emit: Emit = async ({ audit, ...given }) => {
        const event = { projectId: null, jobId: null, data: null, ...given, at: now() };
        const entry = await entryOf(tx, { event, audit, act: performance?.act });
        emitted.push({
          event: await tx.events.append(event),
          entry: entry && (await appendEntry(tx, entry, event.at)),
        });
      };
      return work(tx, emit);
    });
    for (const { event, entry } of emitted) {
      if (performance !== null) performance.hasEmitted = true;
      if (performance !== null && event.jobId !== null) performance.hasStartedJob = true;
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

  /** Records an operation's outcome, unless an event already has. */
  async function conclude(
    { act, hasEmitted, hasStartedJob }: Performance,
    failure: CertdeskError | null,
  ): Promise<void> {
    const { actor, operation, projectId } = act;
    const isQuiet = act.record === 'changes' || (act.record === 'failures' && failure === null);
    if (isQuiet && !hasEmitted) return;
    if (failure === null ? hasEmitted : hasStartedJob) return;
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
      const performance: Performance = { act, hasEmitted: false, hasStartedJob: false, ended: false };
      const end = (failure: CertdeskError | null) => {
        performance.ended = true;
        return conclude(performance, failure);
      };
      const result = await performances.run(performance, work).catch(async (error: unknown) => {
        // The caller needs the operation's own error, so a second one is only logged.
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

/** Null for events that the audit trail does not record, such as a job's steps. */
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
  const start = jobId === null ? null : await tx.audit.firstOfJob(jobId);
  const actor = audit.actor ?? start?.actor ?? CERTDESK;
  return { actor, operation: audit.operation, projectId, jobId, result: audit.result, message };
}

/** For the log, which is stored elsewhere: it proves later that an entry existed. */
function placeOf({ seq, hash }: AuditRecord): string {
  return `${seq}:${hash}`;
}
