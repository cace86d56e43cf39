// When is a certificate due for renewal? What the CA suggests (ARI, RFC 9773), else a share of its lifetime, never a
// number of days, because lifetimes shrink (90, 64, 47, 45, 6 days). Pure: no I/O.
import { type Timestamp, toTimestamp } from '../../../shared/time.ts';
import type { CertificateFacts, CertificateRecord, RenewalState } from '../core/model.ts';

const DAY_MS = 86_400_000;

export interface RenewalPlan {
  readonly renewAt: Timestamp;
  readonly reason: string;
}

type Validity = Pick<CertificateRecord, 'issuedAt' | 'expiresAt'>;

/** Of a lifetime: as wide as the windows that Let's Encrypt suggests. */
const SPREAD = 1 / 50;

/** The first state of a certificate that renews itself. @param random 0 to 1 */
export function firstRenewal({ issuedAt, expiresAt }: Validity, random: number): RenewalState {
  const seconds = (Date.parse(expiresAt) - Date.parse(issuedAt)) / 1000;
  return { ...NO_RENEWAL_YET, jitterSeconds: Math.max(0, Math.floor(seconds * SPREAD * random)) };
}

/**
 * A third of the lifetime before the end; half where the lifetime is under 10 days (Let's Encrypt's integration guide).
 * @param earlier Seconds before that.
 */
export function planByLifetime({ issuedAt, expiresAt }: Validity, jitterSeconds = 0): RenewalPlan {
  const to = Date.parse(expiresAt);
  const lifetime = to - Date.parse(issuedAt);
  const short = lifetime < 10 * DAY_MS;
  return {
    renewAt: toTimestamp(new Date(to - lifetime / (short ? 2 : 3) - jitterSeconds * 1000)),
    reason: short ? 'Half of its lifetime remains' : 'A third of its lifetime remains',
  };
}

/** What a few looks for due renewals and a first retry take: less than that is no time to be late in. */
const ENOUGH_MS = 5 * 60_000;

/**
 * With a tenth of the lifetime left it is renewed, however late the CA would have it: a window may be a mistake. Where a
 * tenth is less than a few minutes, with those, and with half of a lifetime that has no more.
 */
export function backstop({ issuedAt, expiresAt }: Validity): Timestamp {
  const to = Date.parse(expiresAt);
  const lifetime = to - Date.parse(issuedAt);
  return toTimestamp(new Date(to - Math.max(lifetime / 10, Math.min(ENOUGH_MS, lifetime / 2))));
}

const HOUR_MS = 3_600_000;

/**
 * The successor of another is not renewed within its first hour, nor the first third of a short lifetime, for what the CA
 * suggests: one that wants every certificate renewed at once, the new ones too, would make a loop of orders of it. Null
 * for the first of its line, which a CA may want back at any time.
 */
export function notBefore(
  certificate: Validity & Pick<CertificateRecord, 'renewedFrom' | 'storedAt'>,
): Timestamp | null {
  const { issuedAt, expiresAt, renewedFrom, storedAt } = certificate;
  if (renewedFrom === null) return null;
  const third = (Date.parse(expiresAt) - Date.parse(issuedAt)) / 3;
  return toTimestamp(new Date(Date.parse(storedAt) + Math.min(HOUR_MS, third)));
}

export function planRenewal(
  certificate: Validity & Pick<CertificateRecord, 'revokedAt' | 'renewal'>,
): RenewalPlan {
  const { revokedAt } = certificate;
  if (revokedAt !== null) return { renewAt: revokedAt, reason: 'Revoked by the CA' };
  const { ari, jitterSeconds } = certificate.renewal;
  if (ari?.renewAt == null || ari.window === null) return planByLifetime(certificate, jitterSeconds);
  if (ari.renewAt < ari.window.start) {
    return {
      renewAt: ari.renewAt,
      reason: 'Expires soon: renewing before the time suggested by the CA',
    };
  }
  const now = ari.checkedAt !== null && ari.window.end <= ari.checkedAt;
  return {
    renewAt: ari.renewAt,
    reason: now ? 'The CA requests renewal now (ARI)' : 'Time suggested by the CA (ARI)',
  };
}

export const NO_RENEWAL_YET: RenewalState = {
  lastAttempt: null,
  lastError: null,
  lastErrorCode: null,
  failures: 0,
  nextAttemptAt: null,
  waitsFor: null,
  deferralReason: null,
  ari: null,
  jitterSeconds: 0,
};

/**
 * When the scheduler will try: null where it will not (uploaded, auto-renewal off, waiting for a person). One that the
 * CA has revoked is due since then; a person's revocation turns auto-renewal off.
 */
export function attemptAt(certificate: CertificateFacts): Timestamp | null {
  if (!renewsItself(certificate) || certificate.renewal.waitsFor !== null) return null;
  const { renewAt } = planRenewal(certificate);
  const { nextAttemptAt } = certificate.renewal;
  return nextAttemptAt !== null && nextAttemptAt > renewAt ? nextAttemptAt : renewAt;
}

export function renewsItself({ removedAt, supersededAt, spec, autoRenew }: CertificateFacts): boolean {
  return spec !== null && autoRenew && removedAt === null && supersededAt === null;
}
