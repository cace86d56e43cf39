// Appends an entry to the hash chain of the audit trail, in the same transaction as the change it records.
import type { Timestamp } from '../../../shared/time.ts';
import type { AuditRecord } from '../core/model.ts';
import type { SettingStore } from '../core/stores/settings.ts';
import type { Stores } from '../core/stores.ts';
import { entryHash, type NewAuditEntry, NO_ENTRY_BEFORE, storable } from './entry.ts';

/** The number and hash of the last entry. Stored separately, so that verification notices a truncated trail. */
export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
}

const HEAD = 'audit-head';

/** Null before the first entry, or if the setting was deleted. */
export async function readHead(settings: SettingStore): Promise<AuditHead | null> {
  return parseHead(await settings.get(HEAD));
}

/** Parses the value of a setting; null if it is not an AuditHead. */
export function parseHead(head: unknown): AuditHead | null {
  if (typeof head !== 'object' || head === null || !('seq' in head) || !('hash' in head)) return null;
  const { seq, hash } = head;
  return typeof seq === 'number' && typeof hash === 'string' ? { seq, hash } : null;
}

/**
 * Appends an entry. It follows the stored head, not the last row of the table, so that deleted or inserted rows remain
 * detectable after later entries.
 * @param tx The stores of a transaction that holds the database's write lock from its start.
 */
export async function appendEntry(
  tx: Stores,
  { actor, ...entry }: NewAuditEntry,
  at: Timestamp,
): Promise<AuditRecord> {
  const head = await readHead(tx.settings);
  const text = (value: string | null) => (value === null ? null : storable(value));
  const unsigned = {
    seq: Math.max(head?.seq ?? 0, await tx.audit.lastSeq()) + 1,
    at,
    actor: { kind: actor.kind, id: text(actor.id), name: storable(actor.name), address: text(actor.address) },
    operation: storable(entry.operation),
    projectId: text(entry.projectId),
    jobId: text(entry.jobId),
    result: entry.result,
    message: storable(entry.message),
    previous: head?.hash ?? NO_ENTRY_BEFORE,
  };
  const record = { ...unsigned, hash: entryHash(unsigned) };
  await tx.audit.append(record);
  await tx.settings.set(HEAD, { seq: record.seq, hash: record.hash });
  return record;
}
