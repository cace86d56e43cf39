// Reads the audit trail: lists, exports and verifies it. journal.ts writes it.

import type { AuditEntry, AuditPage, AuditVerdict, ListAudit } from '../../../shared/audit.ts';
import { invalid } from '../core/invalid.ts';
import type { AuditRecord } from '../core/model.ts';
import { namesOf } from '../core/project-lookup.ts';
import type { Stores } from '../core/stores.ts';
import { type AuditHead, readHead } from './append.ts';
import { namesArchived, readBase } from './archive.ts';
import { entryHash, NO_ENTRY_BEFORE, presentEntry } from './entry.ts';

export interface AuditTrail {
  /** Newest first. @throws INVALID_REQUEST for an invalid cursor */
  list(query: ListAudit): Promise<AuditPage>;
  /** Every entry, oldest first. */
  entries(): AsyncGenerator<AuditEntry>;
  /**
   * Verifies the chain from its first entry, or from the first one that was not exported and deleted.
   * @param expected An entry that was noted earlier, elsewhere. If it is still there, the trail was not rewritten as a
   * whole, which the trail itself cannot prove.
   */
  verify(expected?: AuditHead): Promise<AuditVerdict>;
}

const PAGE = 1000;

/** Creates the reader of the audit trail. */
export function createAuditTrail({ audit, settings, projects }: Stores): AuditTrail {
  /** Includes entries that are added during the iteration. */
  async function* records(): AsyncGenerator<AuditRecord> {
    let last = Number.MIN_SAFE_INTEGER; // a manually inserted row may have any number
    for (;;) {
      const page = await audit.after(last, PAGE);
      yield* page;
      const end = page.at(-1);
      if (end !== undefined) last = end.seq;
      else if (((await readHead(settings))?.seq ?? 0) <= last || (await audit.after(last, 1)).length === 0)
        return;
    }
  }

  return {
    async list({ cursor, ...query }) {
      const before = cursor === undefined ? null : fromCursor(cursor);
      const found = await audit.list({ ...query, before, limit: query.limit + 1 });
      const entries = found.slice(0, query.limit).map(presentEntry);
      const last = found.length > query.limit ? entries.at(-1) : undefined;
      const names = Object.fromEntries(await namesOf(projects, entries));
      return { entries, projects: names, nextCursor: last === undefined ? null : String(last.seq) };
    },

    async *entries() {
      for await (const record of records()) yield presentEntry(record);
    },

    async verify(expected) {
      const base = await readBase(settings);
      let head: AuditHead | null = base;
      let namesBase = base === null;
      const verdict = (seq: number, reason: string | null): AuditVerdict => ({
        ok: reason === null,
        entries: (head?.seq ?? 0) - (base?.seq ?? 0),
        head,
        broken: reason === null ? null : { seq, reason },
      });
      const early = expected === undefined ? null : archivedFlaw(expected, base);
      if (expected !== undefined && early !== null) return verdict(expected.seq, early);
      for await (const record of records()) {
        namesBase ||= base !== null && namesArchived(record, base);
        const due = (head?.seq ?? 0) + 1;
        const reason = findFlaw(record, head) ?? findDifference(record, expected);
        if (reason !== null) return verdict(due, reason);
        head = { seq: record.seq, hash: record.hash };
      }
      if (base !== null && !namesBase) return verdict(base.seq, 'no entry names it as the last exported one');
      const due = (head?.seq ?? 0) + 1;
      return verdict(due, endFlaw(head, await readHead(settings), expected));
    },
  };
}

/** The problem with an expected entry that should be among the exported ones; null if there is none. */
function archivedFlaw(expected: AuditHead, base: AuditHead | null): string | null {
  if (base === null || expected.seq > base.seq) return null;
  if (expected.seq < base.seq) return 'it was exported and deleted: find it in the exported file';
  return expected.hash === base.hash ? null : 'it differs from the expected one';
}

/** The problem with a record that should follow `before`; null if there is none. */
function findFlaw(record: AuditRecord, before: AuditHead | null): string | null {
  if (record.seq !== (before?.seq ?? 0) + 1)
    return `it is missing: the next existing entry has number ${record.seq}`;
  if (record.previous !== (before?.hash ?? NO_ENTRY_BEFORE)) return 'it does not follow the entry before it';
  return entryHash(record) === record.hash ? null : 'it was changed';
}

/** The problem with the end of the trail; null if there is none. @param stored The head in the settings. */
function endFlaw(
  end: AuditHead | null,
  stored: AuditHead | null,
  expected: AuditHead | undefined,
): string | null {
  if (stored === null && end !== null) return 'the record of the end of the trail is missing';
  if (stored !== null && stored.seq > (end?.seq ?? 0))
    return `it is missing: according to the record of its end, the trail has ${stored.seq} entries`;
  if (stored !== null && (stored.seq !== end?.seq || stored.hash !== end.hash))
    return 'the end of the trail differs from the record of its end';
  if (expected !== undefined && expected.seq > (end?.seq ?? 0))
    return `it is missing, and so are all entries up to the expected one, ${expected.seq}`;
  return null;
}

function findDifference({ seq, hash }: AuditRecord, expected: AuditHead | undefined): string | null {
  return expected?.seq === seq && expected.hash !== hash ? 'it differs from the expected one' : null;
}

function fromCursor(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw invalid('cursor', 'is not a cursor of a previous page');
}
