// Decides when a certificate is due for renewal: when the CA suggests (ARI, RFC 9773), or else after a share of its
// lifetime. A share rather than a number of days, because lifetimes shrink (90, 64, 47, 45, 6 days). Pure.
import { type Timestamp, toTimestamp } from '../../../shared/time.ts';
import type { CertificateFacts, CertificateRecord, RenewalState } from '../core/model.ts';

const DAY_MS = 86_400_000;

export interface RenewalPlan {
  readonly renewAt: Timestamp;
  readonly reason: string;
}

type Validity = Pick<CertificateRecord, 'issuedAt' | 'expiresAt'>;

/** Share of the lifetime over which renewals are spread, as wide as the windows that Let's Encrypt suggests. */
const SPREAD = 1 / 50;

/**
 * Returns the renewal state of a new certificate that renews automatically.
 * @param random From 0 to 1; spreads the renewals of certificates that were issued together.
 */
export function firstRenewal({ issuedAt, expiresAt }: Validity, random: number): RenewalState {
  const seconds = (Date.parse(expiresAt) - Date.parse(issuedAt)) / 1000;
  return { ...NO_RENEWAL_YET, jitterSeconds: Math.max(0, Math.floor(seconds * SPREAD * random)) };
}

/**
 * Plans the renewal when a third of the lifetime remains, or half of a lifetime under 10 days. Source:
 * https://letsencrypt.org/docs/integration-guide/
 * @param jitterSeconds How much earlier, in seconds.
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

/** Time for a few renewal checks and a first retry. Renewing with less time remaining would be too late. */
const ENOUGH_MS = 5 * 60_000;

/**
 * Returns the latest time of renewal, even if the CA suggests a later one, because a suggested window may be a
 * mistake: when a tenth of the lifetime remains, but at least a few minutes, or half of a very short lifetime.
 */
export function backstop({ issuedAt, expiresAt }: Validity): Timestamp {
  const to = Date.parse(expiresAt);
  const lifetime = to - Date.parse(issuedAt);
  return toTimestamp(new Date(to - Math.max(lifetime / 10, Math.min(ENOUGH_MS, lifetime / 2))));
}

const HOUR_MS = 3_600_000;

/**
 * Returns the earliest time at which a renewed certificate follows a suggestion of the CA: after an hour, or a third
 * of a short lifetime. Otherwise a CA that suggests immediate renewal of every certificate, new ones included, would
 * cause an endless series of orders. Null for a certificate that replaces none: the CA may request its renewal at any
 * time.
 */
export function notBefore(
  certificate: Validity & Pick<CertificateRecord, 'renewedFrom' | 'storedAt'>,
): Timestamp | null {
  const { issuedAt, expiresAt, renewedFrom, storedAt } = certificate;
  if (renewedFrom === null) return null;
  const third = (Date.parse(expiresAt) - Date.parse(issuedAt)) / 3;
  return toTimestamp(new Date(Date.parse(storedAt) + Math.min(HOUR_MS, third)));
}

/** Returns when the certificate is due for renewal, and why. */
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
 * Returns when the scheduler attempts the next renewal: null if it does not (uploaded, auto-renewal off, waiting for
 * the user). A certificate that the CA has revoked is due from that time on. A user's revocation turns auto-renewal
 * off.
 */
export function attemptAt(certificate: CertificateFacts): Timestamp | null {
  if (!renewsItself(certificate) || certificate.renewal.waitsFor !== null) return null;
  const { renewAt } = planRenewal(certificate);
  const { nextAttemptAt } = certificate.renewal;
  return nextAttemptAt !== null && nextAttemptAt > renewAt ? nextAttemptAt : renewAt;
}

/** Whether Certdesk renews the certificate automatically. */
export function renewsItself({ removedAt, supersededAt, spec, autoRenew }: CertificateFacts): boolean {
  return spec !== null && autoRenew && removedAt === null && supersededAt === null;
}
