// Defines an entry of the audit trail and its hash. docs/audit-trail.md describes the hash for external verifiers.
import { createHash } from 'node:crypto';
import type { AuditEntry, AuditResult } from '../../../shared/audit.ts';
import type { Actor, AuditRecord } from '../core/model.ts';

/** Certdesk's own scheduled tasks, such as renewals and clean-up. */
export const CERTDESK: Actor = { kind: 'certdesk', id: null, name: 'Certdesk', address: null };

/** An entry before it has a number, a time and a hash. */
export interface NewAuditEntry {
  readonly actor: Actor;
  /** The operation's name in the router: `certificates.obtain`. */
  readonly operation: string;
  readonly projectId: string | null;
  readonly jobId: string | null;
  readonly result: AuditResult;
  /** A sentence for the administrator. It must not contain a secret. */
  readonly message: string;
}

/** `previous` of the first entry. */
export const NO_ENTRY_BEFORE = '0'.repeat(64);

/**
 * SHA-256, in lower-case hex, of the UTF-8 bytes of a JSON array without white space:
 * `["certdesk-audit-1",seq,at,actor.kind,actor.id,actor.name,address,operation,projectId,jobId,result,message,previous]`
 * with `seq` as a number, null for missing values, and strings escaped as by ECMAScript's JSON.stringify (only `"`, `\`
 * and the characters below U+0020).
 */
export function entryHash(entry: Omit<AuditRecord, 'hash'>): string {
  const { seq, at, actor, operation, projectId, jobId, result, message, previous } = entry;
  const { kind, id, name, address } = actor;
  const who = [kind, id, name, address];
  const what = [operation, projectId, jobId, result, message];
  const text = JSON.stringify(['certdesk-audit-1', seq, at, ...who, ...what, previous]);
  return createHash('sha256').update(text).digest('hex');
}

/** The form in which the API and exports return an entry. */
export function presentEntry({ actor: { address, ...actor }, ...rest }: AuditRecord): AuditEntry {
  return { ...rest, actor, address };
}

const MAX_LENGTH = 1000;

/**
 * Cuts a text and replaces lone surrogates. The database would store another character for them, and the stored text
 * would no longer match its hash. Names come from callers, so they may contain such characters.
 */
export function storable(text: string): string {
  return text.slice(0, MAX_LENGTH).toWellFormed();
}
