// When a run is attempted again. Pure.
import type { RunState } from '../../../shared/deployment-run.ts';
import type { ErrorCode } from '../../../shared/errors.ts';
import { type Timestamp, toTimestamp } from '../../../shared/time.ts';

const MINUTE_MS = 60_000;
const DELAYS_MS = [1, 5, 30].map((minutes) => minutes * MINUTE_MS);
const LAST_DELAY_MS = 120 * MINUTE_MS;

/**
 * Failures that wait for a person: a changed host key may be an attack, an unknown newer certificate is a decision, and
 * what disturbed the service once would disturb it again each time.
 */
const FINAL: readonly string[] = [
  'HOST_KEY_REFUSED',
  'HOST_HAS_NEWER_CERTIFICATE',
  'DEPLOYMENT_WORSE',
  'DEPLOYMENT_NOT_FOUND',
  'HOST_NOT_FOUND',
] satisfies ErrorCode[];

/**
 * After 1, 5 and 30 minutes, then every 2 hours.
 * @param attempts That have begun.
 * @returns null if there is no further attempt
 */
export function nextAttemptAt(
  state: RunState,
  { code, attempts, now }: { readonly code: string | null; readonly attempts: number; readonly now: Date },
): Timestamp | null {
  const isRetried = state === 'failed' || state === 'rolled-back' || state === 'not-served';
  if (!isRetried || (code !== null && FINAL.includes(code))) return null;
  const delay = DELAYS_MS[Math.max(0, attempts - 1)] ?? LAST_DELAY_MS;
  return toTimestamp(new Date(now.getTime() + delay));
}
