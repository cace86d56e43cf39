// What happens is written and told in one way: state and event go into one transaction, and listeners hear of it
// after the commit, so that nobody is told what is not true.
import { toTimestamp } from '../../shared/time.ts';
import type { EventRecord, Json } from './model.ts';
import type { Clock, Log } from './ports.ts';
import type { Stores } from './stores.ts';

export interface NewEvent {
  readonly kind: string;
  readonly message: string;
  readonly projectId?: string | null;
  readonly jobId?: string | null;
  readonly data?: Json;
}

export type Emit = (event: NewEvent) => Promise<void>;

export interface Journal {
  /** Runs `work` in a transaction; the events that it emits are stored with it and told after it. */
  write<T>(work: (stores: Stores, emit: Emit) => Promise<T>): Promise<T>;
  /** An event that goes with no other change. */
  tell(event: NewEvent): Promise<void>;
  /** @returns a function that ends it. */
  listen(listener: (event: EventRecord) => void): () => void;
}

export function createJournal(stores: Stores, clock: Clock, log: Log): Journal {
  const listeners = new Set<(event: EventRecord) => void>();

  function publish(events: readonly EventRecord[]): void {
    for (const event of events) {
      log.info(
        { kind: event.kind, projectId: event.projectId, jobId: event.jobId, data: event.data },
        event.message,
      );
      for (const listener of listeners) listener(event);
    }
  }

  const write: Journal['write'] = async (work) => {
    const events: EventRecord[] = [];
    const result = await stores.transaction((tx) => {
      const emit: Emit = async ({ kind, message, projectId = null, jobId = null, data = null }) => {
        const at = toTimestamp(clock.now());
        events.push(await tx.events.append({ at, kind, projectId, jobId, message, data }));
      };
      return work(tx, emit);
    });
    publish(events);
    return result;
  };

  return {
    write,
    tell: (event) => write((_, emit) => emit(event)),
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
