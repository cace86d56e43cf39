// What the daily checks of DNS records have in common.
import type { Timestamp } from '../../../shared/time.ts';
import { toTimestamp } from '../../../shared/time.ts';
import { CertdeskError } from '../core/errors.ts';
import type { Clock } from '../core/ports.ts';

export const DAY_MS = 86_400_000;
/** While a record is missing or wrong, and after a check that could not read DNS. */
export const RETRY_MS = 3_600_000;
/** For one query. */
export const QUERY_MS = 3_000;
export const CHECK_MS = 20_000;
export const PER_SWEEP = 200;
export const CONCURRENCY = 10;

/** @param afterMs When the next check is due. */
export function checkTimes(
  clock: Clock,
  afterMs: number,
): { readonly checkedAt: Timestamp; readonly nextCheckAt: Timestamp } {
  const now = clock.now().getTime();
  return { checkedAt: toTimestamp(new Date(now)), nextCheckAt: toTimestamp(new Date(now + afterMs)) };
}

/** Says that only these servers give the answer that a message is about. @param servers `ns1.example.com (192.0.2.1)` */
export function explainDifference(servers: readonly string[]): string {
  return `The name servers differ: this is the answer of ${servers.join(', ')}.`;
}

export const noServerAnswers = (): CertdeskError =>
  new CertdeskError('DNS_LOOKUP_FAILED', 'no authoritative name server answers');
