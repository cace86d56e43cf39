// The interface of the store for the audit trail.
import type { ListAudit } from '../../../../shared/audit.ts';
import type { AuditRecord } from '../model.ts';

export interface AuditStore {
  /** Rejects if an entry with this number exists. */
  append(entry: AuditRecord): Promise<void>;
  /** 0 if the trail is empty. */
  lastSeq(): Promise<number>;
  /** Entries with greater numbers, oldest first. */
  after(seq: number, limit: number): Promise<readonly AuditRecord[]>;
  /** Deletes the entries up to and including this number. */
  deleteUpTo(seq: number): Promise<void>;
  /** The entry of the operation that started the job. */
  firstOfJob(jobId: string): Promise<AuditRecord | null>;
  /** Newest first. */
  list(query: AuditQuery): Promise<readonly AuditRecord[]>;
}

export interface AuditQuery extends Omit<ListAudit, 'cursor'> {
  /** Only entries with smaller numbers; null: all. */
  readonly before: number | null;
}
