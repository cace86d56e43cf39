// When a failed renewal is tried again: a table of waits, the CA's own wait above it, and the failures that waiting does
// not mend. Pure.

import type { ErrorCode } from '../../../shared/errors.ts';
import { type Timestamp, toTimestamp } from '../../../shared/time.ts';
import type { CertdeskError } from '../core/errors.ts';
import type { RenewalState } from '../core/model.ts';
import { retryAfterOf } from '../core/retry-after.ts';

/** Waits after the first, second, third … failed attempt, in minutes; the last one repeats. */
export const RETRY_MINUTES = [1, 10, 100, 360] as const;

const MINUTE_MS = 60_000;

/** What is left of a certificate is not waited away: a fourth of it at most. */
const LARGEST_SHARE = 1 / 4;

export interface RetryAt {
  readonly now: Date;
  /** 0 to 1: spreads attempts over a tenth of the wait, so that many do not come at once. */
  readonly random: number;
  readonly expiresAt: Timestamp;
}

/** By the table; sooner where the certificate would have expired by then, and never within a minute. */
export function nextAttempt(failures: number, { now, random, expiresAt }: RetryAt): Timestamp {
  const minutes = RETRY_MINUTES[Math.min(failures, RETRY_MINUTES.length) - 1] ?? RETRY_MINUTES[0];
  const left = Date.parse(expiresAt) - now.getTime();
  const most = left > 0 ? Math.max(left * LARGEST_SHARE, MINUTE_MS) : Number.POSITIVE_INFINITY;
  return toTimestamp(new Date(now.getTime() + Math.min(minutes * MINUTE_MS * (1 + random / 10), most)));
}

const WAITS_FOR: { readonly [Code in ErrorCode]?: string } = {
  DNS_CREDENTIALS_REJECTED: 'Needs new DNS credentials: the provider rejects the saved ones.',
  DNS_CREDENTIALS_REQUIRED: 'Needs DNS credentials: none are saved.',
  DNS_CREDENTIAL_NOT_FOUND: 'Needs DNS credentials: the selected one was removed.',
  DNS_ZONE_NOT_FOUND: 'Action needed: this DNS account does not contain the zone.',
  UNSUPPORTED_DNS_PROVIDER: 'Action needed: the DNS provider is no longer supported.',
  CHALLENGE_UNAVAILABLE: 'Action needed: the CA does not offer the chosen challenge type.',
  UNKNOWN_CA: 'Action needed: the CA is no longer known.',
  ACME_EAB_REQUIRED: 'Action needed: this CA requires external account binding (EAB).',
  ACME_ACCOUNT_DEACTIVATED: 'Action needed: the account was deactivated at the CA. Replace it.',
  NOT_AN_ACME_CERTIFICATE: 'Action needed: Certdesk cannot renew this certificate.',
  SEALED_DATA_UNREADABLE: 'Action needed: a stored key cannot be decrypted.',
};

/** Problem types (RFC 8555 section 6.7, profiles draft) that the CA would only repeat. */
const REFUSALS: Readonly<Record<string, string>> = {
  caa: 'a CAA record of the domain forbids this CA',
  rejectedIdentifier: 'the CA does not issue for this name',
  unsupportedIdentifier: 'the CA does not issue for this kind of name',
  userActionRequired: 'the CA requires you to agree to its terms',
  invalidProfile: 'the CA does not offer the chosen profile',
  badCSR: 'the CA rejects this kind of request',
  badPublicKey: 'the CA rejects this kind of key',
};

/** A sentence where a retry cannot help; null where waiting may. */
export function whatHelps(error: CertdeskError): string | null {
  const known = WAITS_FOR[error.code];
  if (known !== undefined) return known;
  const problem = problemOf(error);
  const kind = problem?.type?.split(':').at(-1) ?? '';
  const refusal = REFUSALS[kind];
  if (refusal !== undefined) return `Action needed: ${refusal}.`;
  const gone = kind === 'dns' && /NXDOMAIN/i.test(problem?.detail ?? '');
  return gone ? 'Action needed: the domain name no longer exists.' : null;
}

/** The state after one more failed attempt. */
export function afterFailure(before: RenewalState, error: CertdeskError, at: RetryAt): RenewalState {
  const { now } = at;
  const failures = before.failures + 1;
  const waitsFor = whatHelps(error);
  // Each of these has cost a certificate of the few that the CA issues for the same names in a week.
  const costly = error.code === 'ISSUED_CERTIFICATE_REJECTED';
  const own = nextAttempt(costly ? RETRY_MINUTES.length : failures, at);
  return {
    ...before,
    lastAttempt: toTimestamp(now),
    lastError: sentenceOf(error),
    lastErrorCode: error.code,
    failures,
    waitsFor,
    deferralReason: null,
    nextAttemptAt: waitsFor === null ? later(own, askedAgainAt(error, now)) : null,
  };
}

/** When the CA or the DNS provider wants to be asked again at the earliest; it wins over our own waits. */
function askedAgainAt(error: CertdeskError, now: Date): string {
  const ms = retryAfterOf(error);
  return ms === null ? '' : toTimestamp(new Date(now.getTime() + Math.min(ms, LONGEST_WAIT_MS)));
}

/** No limit of a CA is longer than a week; a wait of years would be a mistake of the CA's. */
const LONGEST_WAIT_MS = 7 * 86_400_000;

const later = (one: string, other: string): string => (one > other ? one : other);

/** With the CA's own words, which say more than ours. */
function sentenceOf(error: CertdeskError): string {
  const detail = problemOf(error)?.detail;
  if (detail === undefined || error.message.includes(detail)) return error.message;
  return `${error.message} (the CA: ${detail})`;
}

function problemOf({ details }: CertdeskError) {
  return (details as { problem?: { type?: string; detail?: string } | null } | undefined)?.problem ?? null;
}
