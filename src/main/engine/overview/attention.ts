// Decides which certificates need attention, how urgently, and which action resolves it. Pure. The overview, the tray
// and notifications share these decisions.
import type { Attention } from '../../../shared/overview.ts';
import type { Timestamp } from '../../../shared/time.ts';
import type { JobRecord } from '../core/model.ts';
import type { ListedCertificate } from '../core/stores/overview.ts';
import { specOf } from '../jobs/job-input.ts';

export interface Need {
  readonly kind: Attention['kind'];
  readonly severity: Attention['severity'];
}

const DAY_MS = 86_400_000;
/** The scheduler runs every minute, so after an hour an attempt was missed, not just late. */
const OVERDUE_MS = 3_600_000;
/**
 * A certificate without a planned renewal needs attention in the last third of its lifetime, at most 30 days before
 * its end.
 */
const UNATTENDED_DAYS = 30;
/** Critical in the last twelfth of the lifetime, at most 7 days before its end. */
const CRITICAL_DAYS = 7;

/** Whether a renewal attempt is planned before the certificate expires. Timestamps sort as text. */
export function renewsInTime({ attemptAt, expiresAt }: ListedCertificate): boolean {
  return attemptAt !== null && attemptAt < expiresAt;
}

/**
 * Returns why the certificate needs attention, or null.
 * @param paused Whether renewals are paused on purpose; then none is overdue.
 */
export function assessCertificate(certificate: ListedCertificate, now: Date, paused: boolean): Need | null {
  if (certificate.acknowledged) return null;
  const need = renewalNeed(certificate, now, paused);
  if (need !== null || certificate.uncovered === null) return need;
  return { kind: 'uncovered', severity: 'warning' };
}

/** Steps at which a job waits for TXT records. At later steps the CA is already validating. */
const BEFORE_VALIDATION: readonly (string | null)[] = ['challenge', 'dns-propagation'];

/** Whether a job waits for TXT records that the user has to add. */
export function awaitsRecords({ state, step, input }: JobRecord): boolean {
  const { dnsProvider = null, challengeType = null } = specOf(input) ?? {};
  const isByHand = dnsProvider === 'manual' || (dnsProvider === null && challengeType === 'dns-persist-01');
  return state === 'running' && BEFORE_VALIDATION.includes(step) && isByHand;
}

function renewalNeed(certificate: ListedCertificate, now: Date, paused: boolean): Need | null {
  const expires = Date.parse(certificate.expiresAt);
  const lifetime = expires - Date.parse(certificate.issuedAt);
  const remaining = expires - now.getTime();
  if (certificate.revokedAt !== null) return { kind: 'revoked', severity: 'critical' };
  if (remaining <= 0) return { kind: 'expired', severity: 'critical' };
  const severity = remaining <= Math.min(CRITICAL_DAYS * DAY_MS, lifetime / 12) ? 'critical' : 'warning';
  if (certificate.failures > 0) return { kind: 'failing', severity };
  if (certificate.attemptAt === null || !renewsInTime(certificate)) {
    return remaining <= Math.min(UNATTENDED_DAYS * DAY_MS, lifetime / 3)
      ? { kind: 'unattended', severity }
      : null;
  }
  const late = now.getTime() - Date.parse(certificate.attemptAt) > OVERDUE_MS;
  return late && !paused ? { kind: 'overdue', severity } : null;
}

const RANK: Readonly<Record<Attention['kind'], number>> = {
  awaiting_records: 0,
  expired: 0,
  revoked: 1,
  failing: 2,
  unattended: 2,
  overdue: 2,
  held_back: 2,
  uncovered: 2,
  revocation_pending: 2,
  deploy_failed: 3,
  not_served: 3,
  endpoint_expiring: 3,
  obtain_failed: 3,
  caa_forbidden: 3,
  persist_record: 3,
};

export type RankedNeed = Need & { readonly expiresAt: Timestamp | null };

/**
 * Sorts jobs that wait for the user first, then by urgency: what is broken, what breaks soonest, what never existed.
 */
export function byUrgency(a: RankedNeed, b: RankedNeed): number {
  const [waits, otherWaits] = [a.kind === 'awaiting_records', b.kind === 'awaiting_records'];
  if (waits !== otherWaits) return waits ? -1 : 1;
  if (a.severity !== b.severity) return a.severity === 'critical' ? -1 : 1;
  return RANK[a.kind] - RANK[b.kind] || (a.expiresAt ?? '').localeCompare(b.expiresAt ?? '');
}

/**
 * Returns the action that resolves the need. A renewal keeps the certificate's names, so if one of the project's is
 * missing, a new request is needed.
 * @param retryable Whether the error of the last attempt may be temporary.
 */
export function suggestedAction(
  { kind }: Need,
  of: { readonly renewable: boolean; readonly uncovered: string | null },
  retryable: boolean,
): Attention['suggestedAction'] {
  if (NEEDS_A_LOOK.has(kind) || isServedNeed(kind) || isDnsNeed(kind)) return 'inspect';
  if (kind === 'obtain_failed' || of.uncovered !== null) return 'obtain';
  if (!of.renewable) return 'upload';
  if (kind === 'revoked') return 'obtain';
  return retryable ? 'renew' : 'inspect';
}

const NEEDS_A_LOOK: ReadonlySet<Attention['kind']> = new Set([
  'held_back',
  'awaiting_records',
  'revocation_pending',
]);

/** Whether it concerns what clients are given, not the certificate itself. */
function isServedNeed(kind: Attention['kind']): boolean {
  return kind === 'not_served' || kind === 'endpoint_expiring' || kind === 'deploy_failed';
}

/** Whether records in DNS will keep the CA from renewing. */
function isDnsNeed(kind: Attention['kind']): kind is 'caa_forbidden' | 'persist_record' {
  return kind === 'caa_forbidden' || kind === 'persist_record';
}

const CAUSES: Readonly<Record<Attention['kind'], string>> = {
  expired: 'The certificate has expired.',
  revoked: 'The certificate is revoked. Clients may reject it.',
  failing: 'The last renewal failed.',
  unattended: 'The certificate expires soon and will not be renewed.',
  overdue: 'A renewal is overdue.',
  held_back:
    'Certdesk crashed three times in a row while it worked on this certificate. It retries within an hour. If this repeats, report it with the log.',
  obtain_failed: 'The certificate request failed.',
  uncovered: '',
  revocation_pending: 'The CA has not revoked the previous certificate yet.',
  deploy_failed: 'The certificate could not be installed on a host.',
  not_served: 'Clients do not get the certificate.',
  endpoint_expiring: 'A server presents a certificate that expires.',
  caa_forbidden: 'The CAA records do not permit the CA, so the next renewal will fail.',
  persist_record: 'The CA does not accept the dns-persist-01 record, or not much longer.',
  awaiting_records: 'The job waits for TXT records that you create at the DNS provider.',
};

/**
 * Explains the need in a sentence without dates, which each reader formats.
 * @param error The error of the last attempt.
 */
export function causeOf({ kind }: Need, certificate: ListedCertificate | null, error: string | null): string {
  const lacks =
    certificate?.uncovered == null ? '' : `The certificate does not cover ${certificate.uncovered}.`;
  const sentence = [CAUSES[kind], lacks].filter(Boolean).join(' ');
  if (kind === 'revoked' || kind === 'overdue' || kind === 'uncovered' || kind === 'awaiting_records') {
    return sentence;
  }
  const why = error ?? (certificate === null ? null : whyUnattended(certificate));
  return why === null ? sentence : `${sentence} ${why}`;
}

function whyUnattended({ renewable, attemptAt, expiresAt }: ListedCertificate): string | null {
  if (!renewable) return 'It was uploaded: upload a replacement.';
  if (attemptAt === null) return 'Auto-renewal is off.';
  return attemptAt < expiresAt ? null : 'Its renewal is deferred past its expiry date.';
}
