// Which certificates need somebody, how badly, and what mends it. Pure: the overview, the tray and notifications read
// the same verdicts.
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
/** The scheduler looks once a minute: an hour is a missed attempt, not a late one. */
export const OVERDUE_MS = 3_600_000;
/** With nothing to renew it, a certificate is told of a third of its lifetime before its end, 30 days at most. */
const UNATTENDED_DAYS = 30;
/** The last twelfth of a lifetime, 7 days at most. */
const CRITICAL_DAYS = 7;

/** Whether an attempt is to come before its end: one that is put off beyond it is none. Times sort as text. */
export function renewsInTime({ attemptAt, expiresAt }: ListedCertificate): boolean {
  return attemptAt !== null && attemptAt < expiresAt;
}

/** Null where it needs no attention. @param paused Whether renewals are paused on purpose: then none is overdue. */
export function assessCertificate(certificate: ListedCertificate, now: Date, paused: boolean): Need | null {
  if (certificate.acknowledged) return null;
  const need = renewalNeed(certificate, now, paused);
  if (need !== null || certificate.uncovered === null) return need;
  return { kind: 'uncovered', severity: 'warning' };
}

/** Steps at which records are waited for; later the CA has been asked. */
const BEFORE_VALIDATION: readonly (string | null)[] = ['challenge', 'dns-propagation'];

/** Whether a job waits for TXT records that a person has to add. */
export function awaitsRecords({ state, step, input }: JobRecord): boolean {
  return state === 'running' && BEFORE_VALIDATION.includes(step) && specOf(input)?.dnsProvider === 'manual';
}

function renewalNeed(certificate: ListedCertificate, now: Date, paused: boolean): Need | null {
  const expires = Date.parse(certificate.expiresAt);
  const lifetime = expires - Date.parse(certificate.issuedAt);
  const left = expires - now.getTime();
  if (certificate.revokedAt !== null) return { kind: 'revoked', severity: 'critical' };
  if (left <= 0) return { kind: 'expired', severity: 'critical' };
  const severity = left <= Math.min(CRITICAL_DAYS * DAY_MS, lifetime / 12) ? 'critical' : 'warning';
  if (certificate.failures > 0) return { kind: 'failing', severity };
  if (certificate.attemptAt === null || !renewsInTime(certificate)) {
    return left <= Math.min(UNATTENDED_DAYS * DAY_MS, lifetime / 3) ? { kind: 'unattended', severity } : null;
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
  obtain_failed: 3,
};

export type Ranked = Need & { readonly expiresAt: Timestamp | null };

/** Jobs that wait for a person first, then worst first: what is broken, what breaks soonest, what was never there. */
export function byUrgency(a: Ranked, b: Ranked): number {
  const [waits, otherWaits] = [a.kind === 'awaiting_records', b.kind === 'awaiting_records'];
  if (waits !== otherWaits) return waits ? -1 : 1;
  if (a.severity !== b.severity) return a.severity === 'critical' ? -1 : 1;
  return RANK[a.kind] - RANK[b.kind] || (a.expiresAt ?? '').localeCompare(b.expiresAt ?? '');
}

/**
 * What resolves it. A renewal orders the names of the certificate: where it lacks one of the project's, a new request is
 * needed. @param retryable Whether the error of the last attempt may go away by itself.
 */
export function suggestedAction(
  { kind }: Need,
  of: { readonly renewable: boolean; readonly uncovered: string | null },
  retryable: boolean,
): Attention['suggestedAction'] {
  if (kind === 'held_back' || kind === 'awaiting_records') return 'inspect';
  if (kind === 'obtain_failed' || of.uncovered !== null) return 'obtain';
  if (!of.renewable) return 'upload';
  if (kind === 'revoked') return 'obtain';
  return retryable ? 'renew' : 'inspect';
}

const BEGINNINGS: Readonly<Record<Attention['kind'], string>> = {
  expired: 'The certificate has expired.',
  revoked: 'The certificate is revoked. Clients may reject it.',
  failing: 'The last renewal failed.',
  unattended: 'The certificate expires soon and will not be renewed.',
  overdue: 'A renewal is overdue.',
  held_back:
    'Certdesk crashed three times in a row while it worked on this certificate. It retries within an hour. If this repeats, report it with the log.',
  obtain_failed: 'The certificate request failed.',
  uncovered: '',
  awaiting_records: 'The job waits for TXT records that you create at the DNS provider.',
};

/** In plain words, without dates: how those read is the reader's matter. @param error What the last attempt failed with. */
export function causeOf({ kind }: Need, certificate: ListedCertificate | null, error: string | null): string {
  const lacks =
    certificate?.uncovered == null ? '' : `The certificate does not cover ${certificate.uncovered}.`;
  const beginning = [BEGINNINGS[kind], lacks].filter(Boolean).join(' ');
  if (kind === 'revoked' || kind === 'overdue' || kind === 'uncovered' || kind === 'awaiting_records') {
    return beginning;
  }
  const why = error ?? (certificate === null ? null : whyUnattended(certificate));
  return why === null ? beginning : `${beginning} ${why}`;
}

function whyUnattended({ renewable, attemptAt, expiresAt }: ListedCertificate): string | null {
  if (!renewable) return 'It was uploaded: upload a replacement.';
  if (attemptAt === null) return 'Auto-renewal is off.';
  return attemptAt < expiresAt ? null : 'Its renewal is deferred past its expiry date.';
}
