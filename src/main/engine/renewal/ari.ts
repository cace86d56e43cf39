// Keeps the CAs' renewal information (ARI, RFC 9773) in the database up to date.
import { type Timestamp, toTimestamp } from '../../../shared/time.ts';
import type { AcmeClient, AcmeRenewalInfo } from '../acme/contract.ts';
import { type DirectoryOverrides, resolveDirectory } from '../acme/directories.ts';
import { renewalCertId } from '../acme/renewal-info.ts';
import type { Journal } from '../audit/journal.ts';
import { backstop, notBefore } from '../certificates/renewal-plan.ts';
import { type CertdeskError, toCertdeskError } from '../core/errors.ts';
import type { AriState, CertificateRecord } from '../core/model.ts';
import type { Clock } from '../core/ports.ts';
import { retryAfterOf } from '../core/retry-after.ts';
import type { Stores } from '../core/stores.ts';
import { isMovedEarlier, recordMove } from './moved-windows.ts';

export interface AriDeps {
  readonly stores: Stores;
  readonly journal: Journal;
  readonly acme: Pick<AcmeClient, 'renewalInfo'>;
  readonly clock: Clock;
  readonly directories: DirectoryOverrides;
  /** From 0 to 1. */
  random(): number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/**
 * The interval if the CA sends no Retry-After, and after a failure that is not temporary (RFC 9773 section 4.3.3).
 */
const DEFAULT_INTERVAL_MS = 6 * 3_600_000;

/**
 * Asks the CA about one certificate and stores its response or the failure.
 * @returns the failure, or null on success
 * @throws the reason of `signal`, STORAGE_FAILED
 */
export async function refreshAri(
  deps: AriDeps,
  certificate: CertificateRecord,
  signal: AbortSignal,
): Promise<CertdeskError | null> {
  const now = deps.clock.now();
  try {
    const certId = renewalCertId(certificate.chain);
    const directoryUrl = await directoryOf(deps, certificate);
    const info = certId === null ? null : await deps.acme.renewalInfo({ directoryUrl, certId, signal });
    const state = nextState(certificate, info, { now, random: deps.random() });
    await storeState(deps, certificate, state, directoryUrl);
    return null;
  } catch (cause) {
    signal.throwIfAborted();
    const error = toCertdeskError(cause);
    await storeState(deps, certificate, failedState(certificate.renewal.ari, error, now));
    return error;
  }
}

/**
 * Returns the ACME directory of the certificate: its account's, or if it was imported without an account, that of its
 * spec.
 */
export async function directoryOf(
  { stores, directories }: Pick<AriDeps, 'stores' | 'directories'>,
  { accountId, spec }: CertificateRecord,
): Promise<string> {
  const account = accountId === null ? null : await stores.accounts.get(accountId);
  return account?.directoryUrl ?? resolveDirectory(spec?.ca ?? '', spec?.staging ?? false, directories);
}

/**
 * Returns the state after a response of the CA. Pure.
 * @param random From 0 to 1.
 */
export function nextState(
  certificate: CertificateRecord,
  info: AcmeRenewalInfo | null,
  { now, random }: { readonly now: Date; readonly random: number },
): AriState {
  const before = certificate.renewal.ari;
  const asked = { checkedAt: toTimestamp(now), failures: 0, error: null };
  if (info === null) {
    return {
      ...asked,
      window: null,
      renewAt: null,
      explanationUrl: null,
      checkAt: inMs(now, DEFAULT_INTERVAL_MS),
    };
  }
  const window = { start: toTimestamp(info.window.start), end: toTimestamp(info.window.end) };
  const same =
    before?.renewAt != null && before.window?.start === window.start && before.window.end === window.end;
  const wait = Math.min(Math.max(info.retryAfterMs ?? DEFAULT_INTERVAL_MS, MINUTE_MS), DAY_MS);
  return {
    ...asked,
    window,
    renewAt: same ? before.renewAt : clampToLifetime(certificate, pickTime(info.window, random)),
    explanationUrl: info.explanationUrl,
    checkAt: inMs(now, wait),
  };
}

/**
 * Whether the time is within the window that the CA suggests, without its end, as in Boulder
 * (core.SuggestedWindow.IsWithin).
 */
export function isInWindow({ ari }: CertificateRecord['renewal'], now: Timestamp): boolean {
  const window = ari?.window ?? null;
  return window !== null && window.start <= now && now < window.end;
}

/** A uniformly random time in the window (RFC 9773 section 4.2). */
function pickTime({ start, end }: AcmeRenewalInfo['window'], random: number): Timestamp {
  return toTimestamp(new Date(start.getTime() + random * (end.getTime() - start.getTime())));
}

/** Limits the time: not so late that the certificate could expire, nor so early that renewals would loop. */
function clampToLifetime(certificate: CertificateRecord, picked: Timestamp): Timestamp {
  const first = notBefore(certificate);
  return earliest(first !== null && first > picked ? first : picked, backstop(certificate));
}

/**
 * The last known window stays. After a temporary failure the CA is asked again soon, with growing intervals;
 * otherwise in six hours.
 */
function failedState(before: AriState | null, error: CertdeskError, now: Date): AriState {
  const failures = (before?.failures ?? 0) + 1;
  const temporary = ['ACME_UNAVAILABLE', 'ACME_TIMEOUT', 'ACME_RATE_LIMITED'].includes(error.code);
  const wait = temporary
    ? Math.min(2 ** Math.min(failures, 12) * MINUTE_MS, DEFAULT_INTERVAL_MS)
    : DEFAULT_INTERVAL_MS;
  const asked = Math.min(retryAfterOf(error) ?? 0, DAY_MS);
  return {
    window: before?.window ?? null,
    renewAt: before?.renewAt ?? null,
    explanationUrl: before?.explanationUrl ?? null,
    checkedAt: before?.checkedAt ?? null,
    checkAt: inMs(now, Math.max(wait, asked)),
    failures,
    error: error.message,
  };
}

/**
 * Stores the state. A change of a known renewal time is reported, because a CA moves a window for a reason.
 * @param directoryUrl The CA that answered; null after a failure.
 */
async function storeState(
  deps: AriDeps,
  { id, projectId, domain }: CertificateRecord,
  ari: AriState,
  directoryUrl: string | null = null,
): Promise<void> {
  await deps.journal.write(async (tx, emit) => {
    const current = await tx.certificates.get(id);
    if (current === null || current.supersededAt !== null || current.removedAt !== null) return;
    const before = current.renewal.ari?.renewAt ?? null;
    const windowBefore = current.renewal.ari?.window ?? null;
    await tx.certificates.update(id, { renewal: { ...current.renewal, ari } });
    if (before === null || before === ari.renewAt || ari.renewAt === null) return;
    const why = ari.explanationUrl === null ? '' : ` It explains why at ${ari.explanationUrl}`;
    const message = `The CA moved the renewal of ${domain} to ${ari.renewAt}.${why}`;
    await emit({ kind: 'certificate.renewal-moved', projectId, message });
    if (directoryUrl === null || !isMovedEarlier(windowBefore, ari)) return;
    const movedAt = toTimestamp(deps.clock.now());
    const move = { certificateId: id, projectId, domain, directoryUrl, movedAt, renewBefore: before };
    await recordMove(tx, emit, { ...move, renewAt: ari.renewAt }, ari.explanationUrl);
  });
}

const inMs = (now: Date, ms: number): Timestamp => toTimestamp(new Date(now.getTime() + ms));
const earliest = (one: Timestamp, other: Timestamp): Timestamp => (one < other ? one : other);
