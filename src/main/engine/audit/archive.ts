// Exports old entries of the audit trail to a file and then deletes them. The remaining entries are still a chain: a
// setting and an audit entry record the last exported entry, after which the chain continues.

import { daysAgo } from '../../../shared/time.ts';
import type { AuditRecord } from '../core/model.ts';
import type { Clock, Log } from '../core/ports.ts';
import type { SettingStore } from '../core/stores/settings.ts';
import type { Stores } from '../core/stores.ts';
import { type AuditHead, parseHead } from './append.ts';
import { presentEntry } from './entry.ts';
import type { Journal } from './journal.ts';

/** The destination of exported entries. */
export interface AuditArchive {
  /**
   * Writes the lines, one JSON object each, to a new file and syncs it to disk. Replaces a file of the same name.
   * @returns the file's path
   */
  write(name: string, lines: AsyncIterable<string>): Promise<string>;
}

/** The operation of the audit entry that records an export. */
const ARCHIVE_OPERATION = 'audit.archive';

const BASE = 'audit-base';
/** One export covers at least this many days. */
const BATCH_DAYS = 30;
const PAGE = 1000;

/** The last entry that was exported and deleted; null if none was. */
export async function readBase(settings: SettingStore): Promise<AuditHead | null> {
  return parseHead(await settings.get(BASE));
}

/** The form in which the log, the command line and export entries refer to an entry. */
const nameOf = ({ seq, hash }: AuditHead): string => `${seq}:${hash}`;

const archived = (head: AuditHead): string => `Entries up to ${nameOf(head)}`;

/** Whether the entry records the export of everything up to `base`. */
export function namesArchived({ operation, message }: AuditRecord, base: AuditHead): boolean {
  return operation === ARCHIVE_OPERATION && message.startsWith(`${archived(base)} `);
}

export interface ArchiveDeps {
  readonly stores: Stores;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  readonly auditArchive: AuditArchive;
  /** The setting `audit.keepDays`; null: entries are never exported. */
  auditKeepDays(): Promise<number | null>;
}

/**
 * Exports and deletes entries older than the setting `audit.keepDays`, once they span BATCH_DAYS.
 * @throws STORAGE_FAILED
 */
export async function archiveOldEntries(deps: ArchiveDeps): Promise<void> {
  const { stores, journal, clock, auditArchive } = deps;
  const keepDays = await deps.auditKeepDays();
  if (keepDays === null) return;
  const base = await readBase(stores.settings);
  const [first] = await stores.audit.after(base?.seq ?? 0, 1);
  if (first === undefined || first.at >= daysAgo(keepDays + BATCH_DAYS, clock.now())) return;
  const before = daysAgo(keepDays, clock.now());
  const seen: { last: AuditRecord | null; count: number } = { last: null, count: 0 };
  async function* lines(): AsyncGenerator<string> {
    for (let after = base?.seq ?? 0; ; ) {
      const page = await stores.audit.after(after, PAGE);
      for (const record of page) {
        if (record.at >= before) return;
        seen.last = record;
        seen.count += 1;
        after = record.seq;
        yield `${JSON.stringify(presentEntry(record))}\n`;
      }
      if (page.length < PAGE) return;
    }
  }
  const file = await auditArchive.write(`audit-from-${String(first.seq).padStart(10, '0')}.jsonl`, lines());
  const { last, count } = seen;
  if (last === null) return;
  const head = { seq: last.seq, hash: last.hash };
  await journal.write(async (tx, emit) => {
    await tx.audit.deleteUpTo(head.seq);
    await tx.settings.set(BASE, head);
    const message = `${archived(head)} (${count} from before ${before}) exported to ${file} and deleted`;
    await emit({ kind: 'audit.archived', message, audit: { operation: ARCHIVE_OPERATION, result: 'ok' } });
  });
}
