// Repeats revocations that failed after the replacement was activated, until the CA has revoked the version or it has
// expired. Each attempt is a job of its own, so it is recorded, visible and resumed like any other.
import { toTimestamp } from '../../../shared/time.ts';
import type { Journal } from '../audit/journal.ts';
import { CertdeskError } from '../core/errors.ts';
import type { CertificateRecord, JobRecord } from '../core/model.ts';
import type { Clock, Log } from '../core/ports.ts';
import type { RevocationRetryRecord } from '../core/stores/revocation-retries.ts';
import type { Stores } from '../core/stores.ts';
import type { Issuance } from '../issuance/service.ts';
import { attemptAfter } from '../renewal/retry-policy.ts';

/** Returns the retry after a failed attempt. @param before Null after the first one. */
export function retryAfterFailure(
  { id: certificateId, projectId, expiresAt }: CertificateRecord,
  before: RevocationRetryRecord | null,
  about: {
    readonly reason: RevocationRetryRecord['reason'];
    readonly error: CertdeskError;
    readonly now: Date;
    readonly random: number;
  },
): RevocationRetryRecord {
  const { reason, now, random } = about;
  const failures = (before?.failures ?? 0) + 1;
  // The error of the first attempt says what it means for the replacement; here the CA's part is enough.
  const error = about.error.cause instanceof CertdeskError ? about.error.cause : about.error;
  return {
    certificateId,
    projectId,
    reason,
    expiresAt,
    failures,
    nextAttemptAt: attemptAfter(failures, error, { now, random, expiresAt }),
    lastAttemptAt: toTimestamp(now),
    lastError: error.message,
    lastErrorCode: error.code,
  };
}

export interface RetryDeps {
  readonly stores: Stores;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  readonly issuance: Pick<Issuance, 'retryRevocation'>;
}

/** The project is busy or Certdesk is stopping: the next maintenance run decides again. */
const TRANSIENT_CODES = ['OPERATION_IN_PROGRESS', 'SHUTTING_DOWN', 'RESTORE_UNDER_WAY'];

/** Starts the attempts that are due, and ends those that no longer matter. */
export async function retryRevocations(deps: RetryDeps): Promise<void> {
  const { stores, clock, log, issuance } = deps;
  const now = toTimestamp(clock.now());
  for (const retry of await stores.revocationRetries.list(null)) {
    if (await isOver(deps, retry, now)) continue;
    if (retry.nextAttemptAt > now) continue;
    await issuance.retryRevocation(retry).catch((error: unknown) => {
      if (error instanceof CertdeskError && TRANSIENT_CODES.includes(error.code)) return;
      // One that cannot start must not stop the others.
      log.error({ projectId: retry.projectId, err: error }, 'A revocation could not be repeated');
    });
  }
}

/** Ends the retry if the version is revoked or has expired. */
async function isOver(
  { stores, journal }: RetryDeps,
  { certificateId, projectId, expiresAt }: RevocationRetryRecord,
  now: string,
): Promise<boolean> {
  const certificate = await stores.certificates.get(certificateId);
  const isRevoked = certificate !== null && certificate.revokedAt !== null;
  if (!isRevoked && expiresAt > now) return false;
  await journal.write(async (tx, emit) => {
    await tx.revocationRetries.delete(certificateId);
    if (isRevoked) return; // its revocation was recorded
    await emit({
      kind: 'certificate.revocation-ended',
      projectId,
      message: `The previous certificate for ${certificate?.domain ?? 'the project'} has expired before the CA revoked it; Certdesk no longer tries`,
      audit: { operation: 'certificates.revoke', result: 'ok' },
    });
  });
  return true;
}

/** Whether a failed job leaves a revocation to repeat: its replacement is active, or it was such an attempt. */
export async function leavesRetry(
  tx: Stores,
  { projectId, input }: JobRecord,
  before: RevocationRetryRecord | null,
): Promise<boolean> {
  if (input.kind !== 'revoke') return false;
  if (before !== null) return true;
  if (input.replacement === undefined) return false;
  const active = await tx.certificates.active(projectId);
  return active !== null && active.id !== input.certificateId;
}
