// The interface of the store for CAA records that are watched.
import type { CaaLockState } from '../../../../shared/caa-lock.ts';
import type { Timestamp } from '../../../../shared/time.ts';

/** The last check of a project's CAA records. */
export interface CaaLockRecord {
  readonly projectId: string;
  readonly state: CaaLockState;
  readonly message: string;
  readonly checkedAt: Timestamp;
  readonly nextCheckAt: Timestamp;
}

export interface CaaLockStore {
  get(projectId: string): Promise<CaaLockRecord | null>;
  put(lock: CaaLockRecord): Promise<void>;
  /** Updates a lock that is still watched. */
  update(lock: CaaLockRecord): Promise<void>;
  delete(projectId: string): Promise<void>;
  /** Makes all of them due, because what they are compared with has changed. */
  makeDue(): Promise<void>;
  due(now: Timestamp, limit: number): Promise<readonly CaaLockRecord[]>;
  /** Those that no longer permit the CA. */
  forbidden(): Promise<readonly CaaLockRecord[]>;
}
