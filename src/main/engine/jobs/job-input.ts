// Reads what a job was asked to do.
import type { IssuanceSpec, JobInput } from '../core/model.ts';

/** What a job orders; null for one that orders nothing. */
export function specOf(input: JobInput): IssuanceSpec | null {
  return input.kind === 'revoke' ? (input.replacement?.spec ?? null) : input.spec;
}
