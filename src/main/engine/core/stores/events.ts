// The store of events.
import type { Timestamp } from '../../../../shared/time.ts';
import type { EventRecord } from '../model.ts';

export interface EventStore {
  append(event: Omit<EventRecord, 'id'>): Promise<EventRecord>;
  /** With an id greater than `after`, oldest first. */
  list(query: {
    readonly after?: number | undefined;
    readonly jobId?: string | undefined;
    readonly limit: number;
  }): Promise<readonly EventRecord[]>;
  /** The greatest id; 0 where there is none. */
  lastId(): Promise<number>;
  /** Newest first. */
  latest(query: {
    /** Kinds that are left out. */
    readonly without: readonly string[];
    /** Only of these projects; null for all, and for what is of no project. */
    readonly projectIds: readonly string[] | null;
    readonly limit: number;
  }): Promise<readonly EventRecord[]>;
  deleteBefore(at: Timestamp): Promise<number>;
}
