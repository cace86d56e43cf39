// When is a certificate due for renewal? Pure: a share of its lifetime, never a number of days, because lifetimes
// shrink (90, 64, 47, 45, 6 days). No I/O.
import { type Timestamp, toTimestamp } from '../../shared/time.ts';
import type { CertificateRecord, RenewalState } from './model.ts';

const DAY_MS = 86_400_000;

export interface RenewalPlan {
  readonly renewAt: Timestamp;
  readonly reason: string;
}

/** A third of the lifetime before the end; half where the lifetime is under 10 days (Let's Encrypt's integration guide). */
export function planRenewal(certificate: Pick<CertificateRecord, 'issuedAt' | 'expiresAt'>): RenewalPlan {
  const [from, to] = [Date.parse(certificate.issuedAt), Date.parse(certificate.expiresAt)];
  const lifetime = to - from;
  const short = lifetime < 10 * DAY_MS;
  return {
    renewAt: toTimestamp(new Date(to - lifetime / (short ? 2 : 3))),
    reason: short ? 'Half of its lifetime is left' : 'A third of its lifetime is left',
  };
}

/** Waits after the first, second, third … failed attempt, in minutes; the last one repeats. */
export const RETRY_MINUTES = [1, 10, 100, 360] as const;

/** @param random 0 to 1: spreads attempts over a tenth of the wait, so that many do not come at once. */
export function nextAttempt(failures: number, now: Date, random: number): Timestamp {
  const minutes = RETRY_MINUTES[Math.min(failures, RETRY_MINUTES.length) - 1] ?? RETRY_MINUTES[0];
  return toTimestamp(new Date(now.getTime() + minutes * 60_000 * (1 + random / 10)));
}

export const NO_RENEWAL_YET: RenewalState = {
  lastAttempt: null,
  lastError: null,
  failures: 0,
  nextAttemptAt: null,
};

/** When the scheduler will try: null where it will not (uploaded, revoked, auto-renewal off). */
export function attemptAt(certificate: CertificateRecord): Timestamp | null {
  if (!renewsItself(certificate)) return null;
  const { renewAt } = planRenewal(certificate);
  const { nextAttemptAt } = certificate.renewal;
  return nextAttemptAt !== null && nextAttemptAt > renewAt ? nextAttemptAt : renewAt;
}

export function renewsItself(certificate: CertificateRecord): boolean {
  const gone =
    certificate.revokedAt !== null || certificate.removedAt !== null || certificate.supersededAt !== null;
  return certificate.recipe !== null && certificate.autoRenew && !gone;
}
