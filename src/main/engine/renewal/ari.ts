// Keeps what each CA says of the renewal of its certificates (ARI, RFC 9773) up to date in the database.
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

export interface AriDeps {
  readonly stores: Stores;
  readonly journal: Journal;
  readonly acme: Pick<AcmeClient, 'renewalInfo'>;
  readonly clock: Clock;
  readonly directories: DirectoryOverrides;
  /** 0 to 1. */
  random(): number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Without a word of the CA's, and after a failure that will last (RFC 9773 section 4.3.3). */
const USUAL_MS = 6 * 3_600_000;

/**
 * Asks about one certificate and writes what it says, or that it could not be asked.
 * @returns the failure, null where it was answered. @throws the reason of `signal`, STORAGE_FAILED.
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
    await write(deps, certificate, nextState(certificate, info, { now, random: deps.random() }));
    return null;
  } catch (cause) {
    signal.throwIfAborted();
    const error = toCertdeskError(cause);
    await write(deps, certificate, failedState(certificate.renewal.ari, error, now));
    return error;
  }
}

/** Where its account is; a certificate that came without one is asked about where its spec says. */
export async function directoryOf(
  { stores, directories }: Pick<AriDeps, 'stores' | 'directories'>,
  { accountId, spec }: CertificateRecord,
): Promise<string> {
  const account = accountId === null ? null : await stores.accounts.get(accountId);
  return account?.directoryUrl ?? resolveDirectory(spec?.ca ?? '', spec?.staging ?? false, directories);
}

/** Pure. @param random 0 to 1. */
export function nextState(
  certificate: CertificateRecord,
  info: AcmeRenewalInfo | null,
  { now, random }: { readonly now: Date; readonly random: number },
): AriState {
  const before = certificate.renewal.ari;
  const asked = { checkedAt: toTimestamp(now), failures: 0, error: null };
  if (info === null) {
    return { ...asked, window: null, renewAt: null, explanationUrl: null, checkAt: inMs(now, USUAL_MS) };
  }
  const window = { start: toTimestamp(info.window.start), end: toTimestamp(info.window.end) };
  const same =
    before?.renewAt != null && before.window?.start === window.start && before.window.end === window.end;
  const wait = Math.min(Math.max(info.retryAfterMs ?? USUAL_MS, MINUTE_MS), DAY_MS);
  return {
    ...asked,
    window,
    renewAt: same ? before.renewAt : within(certificate, draw(info.window, random)),
    explanationUrl: info.explanationUrl,
    checkAt: inMs(now, wait),
  };
}

/** Whether it is the time that the CA suggests, its end left out as Boulder has it (core.SuggestedWindow.IsWithin). */
export function isInWindow({ ari }: CertificateRecord['renewal'], now: Timestamp): boolean {
  const window = ari?.window ?? null;
  return window !== null && window.start <= now && now < window.end;
}

/** A uniformly random moment of the window (RFC 9773 section 4.2). */
function draw({ start, end }: AcmeRenewalInfo['window'], random: number): Timestamp {
  return toTimestamp(new Date(start.getTime() + random * (end.getTime() - start.getTime())));
}

/** Neither so late that it could expire, nor so early that it would be a loop. */
function within(certificate: CertificateRecord, drawn: Timestamp): Timestamp {
  const first = notBefore(certificate);
  return earliest(first !== null && first > drawn ? first : drawn, backstop(certificate));
}

/** The window that was known stays. What passes is asked soon again, ever slower; what lasts, in six hours. */
function failedState(before: AriState | null, error: CertdeskError, now: Date): AriState {
  const failures = (before?.failures ?? 0) + 1;
  const passing = ['ACME_UNAVAILABLE', 'ACME_TIMEOUT', 'ACME_RATE_LIMITED'].includes(error.code);
  const wait = passing ? Math.min(2 ** Math.min(failures, 12) * MINUTE_MS, USUAL_MS) : USUAL_MS;
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

/** Told where the time changes after it was known once: a CA that moves a window has a reason. */
async function write(
  deps: AriDeps,
  { id, projectId, domain }: CertificateRecord,
  ari: AriState,
): Promise<void> {
  await deps.journal.write(async (tx, emit) => {
    const current = await tx.certificates.get(id);
    if (current === null || current.supersededAt !== null || current.removedAt !== null) return;
    const before = current.renewal.ari?.renewAt ?? null;
    await tx.certificates.update(id, { renewal: { ...current.renewal, ari } });
    if (before === null || before === ari.renewAt || ari.renewAt === null) return;
    const why = ari.explanationUrl === null ? '' : ` It explains why at ${ari.explanationUrl}`;
    const message = `The CA moved the renewal of ${domain} to ${ari.renewAt}.${why}`;
    await emit({ kind: 'certificate.renewal-moved', projectId, message });
  });
}

const inMs = (now: Date, ms: number): Timestamp => toTimestamp(new Date(now.getTime() + ms));
const earliest = (one: Timestamp, other: Timestamp): Timestamp => (one < other ? one : other);
