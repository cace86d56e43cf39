// Reads the request that a job was created from.
import type { IssuanceSpec, JobInput } from '../core/model.ts';

/** Returns the issuance spec of a job, or null for a job that orders no certificate. */
export function specOf(input: JobInput): IssuanceSpec | null {
  return input.kind === 'revoke' ? (input.replacement?.spec ?? null) : input.spec;
}
