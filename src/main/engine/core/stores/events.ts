// The interface of the store for events.
import type { Timestamp } from '../../../../shared/time.ts';
import type { EventRecord } from '../model.ts';

export interface EventStore {
  append(event: Omit<EventRecord, 'id'>): Promise<EventRecord>;
  /** Events with an id greater than `after`, oldest first. */
  list(query: {
    readonly after?: number | undefined;
    readonly jobId?: string | undefined;
    readonly limit: number;
  }): Promise<readonly EventRecord[]>;
  /** The greatest id; 0 if there are no events. */
  lastId(): Promise<number>;
  /** Newest first. */
  latest(query: {
    /** Kinds to exclude. */
    readonly without: readonly string[];
    /** Only events of these projects; null: all events, including those without a project. */
    readonly projectIds: readonly string[] | null;
    readonly limit: number;
  }): Promise<readonly EventRecord[]>;
  deleteBefore(at: Timestamp): Promise<number>;
}
