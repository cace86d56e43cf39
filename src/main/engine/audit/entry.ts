// One entry of the audit trail: what is hashed, and how. docs/audit-trail.md says the same for those who check an
// export by other means.
import { createHash } from 'node:crypto';
import type { AuditEntry, AuditResult } from '../../../shared/audit.ts';
import type { Actor, AuditRecord } from '../core/model.ts';

/** Certdesk by itself: the scheduler, clearing away. */
export const CERTDESK: Actor = { kind: 'certdesk', id: null, name: 'Certdesk', address: null };

/** What is to be recorded; its place in the chain comes with writing it. */
export interface NewAuditEntry {
  readonly actor: Actor;
  /** As the router names it: `certificates.obtain`. */
  readonly operation: string;
  readonly projectId: string | null;
  readonly jobId: string | null;
  readonly result: AuditResult;
  /** A sentence for a person. Holds no secret, as no event and no error does. */
  readonly message: string;
}

/** `previous` of the first entry. */
export const NO_ENTRY_BEFORE = '0'.repeat(64);

/**
 * SHA-256, in lower-case hex, of the UTF-8 bytes of a JSON array without white space:
 * `["certdesk-audit-1",seq,at,actor.kind,actor.id,actor.name,address,operation,projectId,jobId,result,message,previous]`
 * with `seq` as a number, null where there is nothing, and strings escaped as ECMAScript's JSON.stringify does (only
 * `"`, `\` and the characters below U+0020).
 */
export function entryHash(entry: Omit<AuditRecord, 'hash'>): string {
  const { seq, at, actor, operation, projectId, jobId, result, message, previous } = entry;
  const { kind, id, name, address } = actor;
  const who = [kind, id, name, address];
  const what = [operation, projectId, jobId, result, message];
  const text = JSON.stringify(['certdesk-audit-1', seq, at, ...who, ...what, previous]);
  return createHash('sha256').update(text).digest('hex');
}

/** As it is read and exported. */
export function presentEntry({ actor: { address, ...actor }, ...rest }: AuditRecord): AuditEntry {
  return { ...rest, actor, address };
}

const MAX_LENGTH = 1000;

/**
 * Text as the database gives it back: names come from callers, and half of a surrogate pair would be stored as
 * another character than the one that was hashed.
 */
export function storable(text: string): string {
  return text.slice(0, MAX_LENGTH).toWellFormed();
}
