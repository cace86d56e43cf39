// Finds projects with a previous certificate that the CA has not revoked although its replacement is active.
import type { Attention } from '../../../shared/overview.ts';
import { limitSentence } from '../access/limited-view.ts';
import type { RevocationRetryRecord } from '../core/stores/revocation-retries.ts';
import type { Stores } from '../core/stores.ts';
import type { Need } from './attention.ts';

export interface RevocationNeed extends Need {
  readonly projectId: string;
  readonly retry: RevocationRetryRecord;
}

/** One for each project, the next attempt first. @param visible Only of these projects; null for all. */
export async function findRevocationNeeds(
  { revocationRetries }: Pick<Stores, 'revocationRetries'>,
  visible: readonly string[] | null,
): Promise<readonly RevocationNeed[]> {
  const retries = await revocationRetries.list(visible);
  return [...Map.groupBy(retries, ({ projectId }) => projectId)].flatMap(([projectId, [retry]]) => {
    if (retry === undefined) return [];
    // Whoever has a leaked key can use it until clients learn of the revocation.
    const severity = retry.reason === 'keyCompromise' ? 'critical' : 'warning';
    return [{ kind: 'revocation_pending', severity, projectId, retry }];
  });
}

/** @param isLimited Whether the caller may not read text from a CA (access/limited-view.ts). */
export function causeOfRevocation({ retry }: RevocationNeed, isLimited: boolean): string {
  const { lastError, lastErrorCode } = retry;
  const error = isLimited ? limitSentence(lastError, lastErrorCode) : lastError;
  return `The replacement is active, but the CA has not revoked the previous certificate yet. ${error}`;
}

export function describeRevocation(
  need: RevocationNeed,
  { isLimited, jobId }: { readonly isLimited: boolean; readonly jobId: string | null },
): Omit<Attention, 'projectId' | 'name' | 'domain' | 'runningJobId' | 'furtherKinds'> {
  const { kind, severity, retry } = need;
  return {
    kind,
    severity,
    cause: causeOfRevocation(need, isLimited),
    suggestedAction: 'inspect',
    expiresAt: retry.expiresAt,
    lastAttemptAt: retry.lastAttemptAt,
    nextAttemptAt: retry.nextAttemptAt,
    failures: retry.failures,
    errorCode: retry.lastErrorCode,
    jobId,
    endpointId: null,
  };
}
