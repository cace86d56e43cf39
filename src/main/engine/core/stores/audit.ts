// The store of the audit trail.
import type { ListAudit } from '../../../../shared/audit.ts';
import type { AuditRecord } from '../model.ts';

export interface AuditStore {
  /** Rejects where there is an entry of its number. */
  append(entry: AuditRecord): Promise<void>;
  /** 0 where there is none. */
  lastSeq(): Promise<number>;
  /** Those of greater numbers, oldest first. */
  after(seq: number, limit: number): Promise<readonly AuditRecord[]>;
  /** Entries of these numbers and smaller ones. */
  deleteUpTo(seq: number): Promise<void>;
  /** The entry that began a job. */
  firstOfJob(jobId: string): Promise<AuditRecord | null>;
  /** Newest first. */
  list(query: AuditQuery): Promise<readonly AuditRecord[]>;
}

export interface AuditQuery extends Omit<ListAudit, 'cursor'> {
  /** Only those of smaller numbers; null for all. */
  readonly before: number | null;
}
