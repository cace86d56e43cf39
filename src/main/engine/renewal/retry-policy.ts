// Decides when a failed renewal is retried: by a table of intervals, not before the CA's Retry-After, and not at all
// if waiting cannot resolve the failure. Pure.

import type { ErrorCode } from '../../../shared/errors.ts';
import { type Timestamp, toTimestamp } from '../../../shared/time.ts';
import type { CertdeskError } from '../core/errors.ts';
import type { RenewalState } from '../core/model.ts';
import { retryAfterOf } from '../core/retry-after.ts';

/** Minutes to wait after the first, second, third … failed attempt; the last one repeats. */
export const RETRY_MINUTES = [1, 10, 100, 360] as const;

const MINUTE_MS = 60_000;

/** A wait takes at most a quarter of the time remaining. */
const MAX_WAIT_SHARE = 1 / 4;

export interface RetryAt {
  readonly now: Date;
  /** From 0 to 1: spreads attempts over a tenth of the interval, so that many do not come at once. */
  readonly random: number;
  readonly expiresAt: Timestamp;
}

/**
 * Returns the next attempt by the table; earlier if the certificate would expire before, but never within a minute.
 */
export function nextAttempt(failures: number, { now, random, expiresAt }: RetryAt): Timestamp {
  const minutes = RETRY_MINUTES[Math.min(failures, RETRY_MINUTES.length) - 1] ?? RETRY_MINUTES[0];
  const remaining = Date.parse(expiresAt) - now.getTime();
  const maxMs = remaining > 0 ? Math.max(remaining * MAX_WAIT_SHARE, MINUTE_MS) : Number.POSITIVE_INFINITY;
  return toTimestamp(new Date(now.getTime() + Math.min(minutes * MINUTE_MS * (1 + random / 10), maxMs)));
}

/** Returns the next attempt by the table, but not before the Retry-After of the CA. */
export function attemptAfter(failures: number, error: CertdeskError, at: RetryAt): Timestamp {
  return later(nextAttempt(failures, at), notBefore(error, at.now));
}

const WAITS_FOR: { readonly [Code in ErrorCode]?: string } = {
  DNS_CREDENTIALS_REJECTED: 'Needs new DNS credentials: the provider rejects the saved ones.',
  DNS_CREDENTIALS_REQUIRED: 'Needs DNS credentials: none are saved.',
  DNS_CREDENTIAL_NOT_FOUND: 'Needs DNS credentials: the selected one was removed.',
  DNS_ZONE_NOT_FOUND: 'Action needed: this DNS account does not contain the zone.',
  UNSUPPORTED_DNS_PROVIDER: 'Action needed: the DNS provider is no longer supported.',
  CHALLENGE_UNAVAILABLE: 'Action needed: the CA does not offer the chosen challenge type.',
  ALPN_LISTENER_OFF: 'Action needed: start Certdesk with --alpn-port 443, which TLS-ALPN-01 needs.',
  UNKNOWN_CA: 'Action needed: the CA is no longer known.',
  ACME_EAB_REQUIRED: 'Action needed: this CA requires external account binding (EAB).',
  ACME_ACCOUNT_DEACTIVATED: 'Action needed: the account was deactivated at the CA. Replace it.',
  NOT_AN_ACME_CERTIFICATE: 'Action needed: Certdesk cannot renew this certificate.',
  SEALED_DATA_UNREADABLE: 'Action needed: a stored key cannot be decrypted.',
};

/** Problem types (RFC 8555 section 6.7, profiles draft) that the CA would return again. */
const REFUSALS: Readonly<Record<string, string>> = {
  caa: 'a CAA record of the domain forbids this CA',
  rejectedIdentifier: 'the CA does not issue for this name',
  unsupportedIdentifier: 'the CA does not issue for this kind of name',
  userActionRequired: 'the CA requires you to agree to its terms',
  invalidProfile: 'the CA does not offer the chosen profile',
  badCSR: 'the CA rejects this kind of request',
  badPublicKey: 'the CA rejects this kind of key',
};

/** Returns what the user must do if a retry cannot help; null if waiting may help. */
export function requiredAction(error: CertdeskError): string | null {
  const known = WAITS_FOR[error.code];
  if (known !== undefined) return known;
  const problem = problemOf(error);
  const kind = problem?.type?.split(':').at(-1) ?? '';
  const refusal = REFUSALS[kind];
  if (refusal !== undefined) return `Action needed: ${refusal}.`;
  const gone = kind === 'dns' && /NXDOMAIN/i.test(problem?.detail ?? '');
  return gone ? 'Action needed: the domain name no longer exists.' : null;
}

/** Returns the renewal state after a failed attempt. */
export function afterFailure(before: RenewalState, error: CertdeskError, at: RetryAt): RenewalState {
  const { now } = at;
  const failures = before.failures + 1;
  const waitsFor = requiredAction(error);
  // Each rejected certificate used up one of the few that the CA issues for the same names per week.
  const costly = error.code === 'ISSUED_CERTIFICATE_REJECTED';
  return {
    ...before,
    lastAttempt: toTimestamp(now),
    lastError: sentenceOf(error),
    lastErrorCode: error.code,
    failures,
    waitsFor,
    deferralReason: null,
    nextAttemptAt:
      waitsFor === null ? attemptAfter(costly ? RETRY_MINUTES.length : failures, error, at) : null,
  };
}

/** The Retry-After of the CA or DNS provider, which takes precedence over the table. */
function notBefore(error: CertdeskError, now: Date): string {
  const ms = retryAfterOf(error);
  return ms === null ? '' : toTimestamp(new Date(now.getTime() + Math.min(ms, MAX_WAIT_MS)));
}

/** No CA has a limit of more than a week; a longer wait is a mistake of the CA. */
const MAX_WAIT_MS = 7 * 86_400_000;

const later = (one: string, other: string): string => (one > other ? one : other);

/** Appends the CA's explanation, which is more specific. */
function sentenceOf(error: CertdeskError): string {
  const detail = problemOf(error)?.detail;
  if (detail === undefined || error.message.includes(detail)) return error.message;
  return `${error.message} (the CA: ${detail})`;
}

function problemOf({ details }: CertdeskError) {
  return (details as { problem?: { type?: string; detail?: string } | null } | undefined)?.problem ?? null;
}
