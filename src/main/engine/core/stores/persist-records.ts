// The interface of the store for the daily check of dns-persist-01 records.
import type { PersistState } from '../../../../shared/persist-record.ts';
import type { Timestamp } from '../../../../shared/time.ts';

/** The last check of the records of a project's active certificate. */
export interface PersistCheckRecord {
  readonly projectId: string;
  readonly certificateId: string;
  readonly state: PersistState;
  readonly message: string;
  readonly checkedAt: Timestamp;
  readonly nextCheckAt: Timestamp;
}

export interface PersistRecordStore {
  get(projectId: string): Promise<PersistCheckRecord | null>;
  put(check: PersistCheckRecord): Promise<void>;
  /** Projects whose active certificate is validated with dns-persist-01, and was not checked since `now` or at all. */
  due(now: Timestamp, limit: number): Promise<readonly string[]>;
  /** Deletes checks of projects whose active certificate is not validated this way, or no longer. */
  deleteUnused(): Promise<void>;
  /** Makes all of them due, because what they are compared with has changed. */
  makeDue(): Promise<void>;
  /**
   * Those whose records the CA does not accept, or not much longer, with whether a person creates them; otherwise the next
   * renewal does.
   */
  alarmed(): Promise<readonly (PersistCheckRecord & { readonly byHand: boolean })[]>;
}
