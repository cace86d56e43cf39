// The interface of the store for revocations that are repeated.
import type { RevocationReason } from '../../../../shared/certificate.ts';
import type { Timestamp } from '../../../../shared/time.ts';

/** A version that has been replaced, and that the CA has not revoked yet. */
export interface RevocationRetryRecord {
  readonly certificateId: string;
  readonly projectId: string;
  readonly reason: RevocationReason;
  /** notAfter of the version; then the revocation no longer matters. */
  readonly expiresAt: Timestamp;
  /** Failed attempts, at least one. */
  readonly failures: number;
  readonly nextAttemptAt: Timestamp;
  readonly lastAttemptAt: Timestamp;
  readonly lastError: string;
  /** The code of `lastError` in shared/errors.ts. */
  readonly lastErrorCode: string;
}

export interface RevocationRetryStore {
  get(certificateId: string): Promise<RevocationRetryRecord | null>;
  put(retry: RevocationRetryRecord): Promise<void>;
  delete(certificateId: string): Promise<void>;
  /** The next attempt first. @param projectIds Only of these projects; null for all. */
  list(projectIds: readonly string[] | null): Promise<readonly RevocationRetryRecord[]>;
}
