// Performs one maintenance run: starts due renewals within the configured concurrency and the CAs' rate limits,
// deletes old records, and asks the CAs for renewal and revocation information.
import { daysAgo, type Timestamp, toTimestamp } from '../../../shared/time.ts';
import type { Sessions } from '../access/sessions.ts';
import { type ArchiveDeps, archiveOldEntries } from '../audit/archive.ts';
import { backstop } from '../certificates/renewal-plan.ts';
import { KEEP_EVENTS_DAYS, KEEP_REMOVED_DAYS } from '../certificates/retention.ts';
import { CertdeskError } from '../core/errors.ts';
import { mapConcurrent } from '../core/map-concurrent.ts';
import type { CertificateRecord, JobRecord } from '../core/model.ts';
import { endIncidents } from '../incidents/end-incidents.ts';
import { namesOf } from '../issuance/issuance-spec.ts';
import type { Issuance } from '../issuance/service.ts';
import { type BudgetService, KEEP_USAGE_DAYS } from '../rate-limits/budget.ts';
import { exactSet, withoutWildcard } from '../rate-limits/usage.ts';
import { type AriDeps, directoryOf, isInWindow, refreshAri } from '../renewal/ari.ts';
import { checkRevocation, type RevocationCheckDeps } from '../revocation/crl-check.ts';
import { type RetryDeps, retryRevocations } from '../revocation/retries.ts';
import { readSettings } from '../settings/settings.ts';

export interface SweepDeps extends AriDeps, RevocationCheckDeps, ArchiveDeps, RetryDeps {
  readonly issuance: Pick<Issuance, 'startRenewal' | 'retryRevocation'>;
  readonly budget: Pick<BudgetService, 'findDeferral'>;
  readonly sessions: Pick<Sessions, 'endOver'>;
  /** Sets how many jobs run in parallel. */
  setConcurrency(concurrency: number): void;
  /** Cleans up challenges that an earlier clean-up could not remove. */
  sweepLeftovers(): Promise<void>;
}

export interface Swept {
  /** Number of renewals that were started. */
  readonly begun: number;
  /** Whether more renewals are due than may run in parallel; the next run then comes soon. */
  readonly more: boolean;
  /** The first error of a step. The other steps ran all the same. */
  readonly error: unknown;
}

/**
 * Certificates that a run asks the CAs about: 10,000 take less than two hours, and each is asked four times a day.
 */
const ASKED_PER_RUN = 100;
const ASKED_AT_ONCE = 5;
/** A run comes every minute, and asking must not delay the next one. */
const ASK_WITHIN_MS = 40_000;

/** Performs one maintenance run. Never rejects: the result holds the first error. */
export async function sweep(deps: SweepDeps, signal: AbortSignal): Promise<Swept> {
  let swept = { begun: 0, more: false };
  let error: unknown = null;
  const steps = [
    async () => {
      swept = await startDueRenewals(deps);
    },
    () => retryRevocations(deps),
    () => deleteOldRecords(deps),
    () => deps.sessions.endOver(),
    () => archiveOldEntries(deps),
    () => askAboutRenewal(deps, signal),
    () => askAboutRevocation(deps, signal),
    () => endIncidents(deps),
    () => deps.sweepLeftovers(),
  ];
  // Steps are independent and renewals come first: a failed clean-up or query must not delay a renewal.
  for (const step of steps) {
    if (signal.aborted) break;
    await step().catch((cause: unknown) => {
      error ??= cause;
    });
  }
  return { ...swept, error: signal.aborted ? null : error };
}

/** Counts the running automatic renewals and collects the names of all unfinished jobs. */
function summarizeJobs(jobs: readonly JobRecord[]): { renewals: number; busy: Set<string> } {
  const busy = new Set<string>();
  let renewals = 0;
  for (const job of jobs) {
    if (job.input.kind === 'renew' && job.input.automatic) renewals += 1;
    for (const name of namesOf(job)) busy.add(name);
  }
  return { renewals, busy };
}

async function startDueRenewals(deps: SweepDeps): Promise<{ begun: number; more: boolean }> {
  const { stores, clock } = deps;
  const now = toTimestamp(clock.now());
  const settings = await readSettings(stores.settings, 'renewals');
  if (settings.pausedUntil !== null && settings.pausedUntil > now) return { begun: 0, more: false };
  deps.setConcurrency(settings.concurrency);
  const { renewals, busy } = summarizeJobs(await stores.jobs.unfinished());
  let slots = settings.concurrency - renewals;
  let begun = 0;
  let waiting = false;
  for await (const projectId of stores.certificates.due(now)) {
    if (slots <= 0) return { begun, more: true };
    const certificate = await stores.certificates.active(projectId);
    if (certificate?.spec == null) continue;
    const names = certificate.spec.names.map(withoutWildcard);
    // One job per domain: two that validate the same name at once could both fail, and failures count against the
    // CA's limits.
    if (names.some((name) => busy.has(name))) {
      waiting = true;
      continue;
    }
    if (await deferRenewal(deps, certificate, now)) continue;
    if (!(await renew(deps, projectId))) continue;
    for (const name of names) busy.add(name);
    begun += 1;
    slots -= 1;
  }
  return { begun, more: waiting };
}

/**
 * Defers the renewal if it would exceed a limit of the CA. The deferral is stored and reported once.
 * @returns whether it was deferred
 */
async function deferRenewal(
  deps: SweepDeps,
  certificate: CertificateRecord,
  now: Timestamp,
): Promise<boolean> {
  const { id, accountId, projectId, domain, renewal, names } = certificate;
  const directoryUrl = await directoryOf(deps, certificate).catch(() => null);
  if (directoryUrl === null) return false; // the renewal itself reports what is wrong
  const replaces = isInWindow(renewal, now) && renewal.failures < 2;
  const specNames = certificate.spec?.names ?? names;
  const sameNames = accountId !== null && exactSet(specNames) === exactSet(names);
  const found = await deps.budget.findDeferral({
    directoryUrl,
    accountId,
    names: specNames,
    replaces,
    sameNames,
    // Keeping a reserve of the limit is no reason to let a certificate expire.
    latest: backstop(certificate),
  });
  if (found === null) return false;
  await deps.journal.write(async (tx, emit) => {
    const state = { ...renewal, nextAttemptAt: found.until, deferralReason: found.why };
    await tx.certificates.update(id, { renewal: state });
    const message = `Renewal of ${domain} deferred until ${found.until}. ${found.why}`;
    await emit({ kind: 'certificate.renewal-deferred', projectId, message });
  });
  return true;
}

/** The certificate is being renewed, revoked or removed, or Certdesk is stopping: the next run decides again. */
const TRANSIENT_CODES = [
  'OPERATION_IN_PROGRESS',
  'CERTIFICATE_NOT_FOUND',
  'PROJECT_NOT_FOUND',
  'SHUTTING_DOWN',
];

async function renew({ issuance, log }: SweepDeps, projectId: string): Promise<boolean> {
  try {
    await issuance.startRenewal(projectId);
    return true;
  } catch (error) {
    if (error instanceof CertdeskError && TRANSIENT_CODES.includes(error.code)) return false;
    // A renewal that cannot start must not stop the others.
    log.error(
      { projectId, err: error },
      'A renewal could not be started; retrying at the next renewal check',
    );
    return false;
  }
}

/** Incidents that have ended. */
const KEEP_INCIDENTS_DAYS = 365;
/** Moved windows that became no incident: only those of a day count. */
const KEEP_MOVES_DAYS = 7;
/** Outputs of commands on hosts. */
const KEEP_OUTPUTS_DAYS = 30;
/** The history keeps runs that changed something. */
const KEEP_UNCHANGED_RUNS_DAYS = 7;

async function deleteOldRecords({ stores, journal, clock }: SweepDeps): Promise<void> {
  const now = clock.now();
  const { keepVersionsDays } = await readSettings(stores.settings, 'renewals');
  const removedBefore = daysAgo(KEEP_REMOVED_DAYS, now);
  const expiredBefore = daysAgo(keepVersionsDays, now);
  await stores.events.deleteBefore(daysAgo(KEEP_EVENTS_DAYS, now));
  await stores.caUsage.deleteBefore(daysAgo(KEEP_USAGE_DAYS, now));
  await stores.incidents.deleteBefore({
    single: daysAgo(KEEP_MOVES_DAYS, now),
    ended: daysAgo(KEEP_INCIDENTS_DAYS, now),
  });
  await stores.deploymentRuns.forgetOutputs(daysAgo(KEEP_OUTPUTS_DAYS, now));
  await stores.deploymentRuns.purgeUnchanged(daysAgo(KEEP_UNCHANGED_RUNS_DAYS, now));
  if (!(await stores.certificates.anyToPurge({ removed: removedBefore, expired: expiredBefore }))) return;
  // The private keys are lost for good, so the audit trail records it.
  await journal.write(async (tx, emit) => {
    const removed = await tx.certificates.purgeRemoved(removedBefore);
    const superseded = await tx.certificates.purgeSuperseded(expiredBefore);
    const deletions = [
      [removed, `removed before ${removedBefore}`],
      [superseded, `superseded and expired before ${expiredBefore}`],
    ] as const;
    for (const [count, which] of deletions) {
      if (count === 0) continue;
      const message = `${count} certificate versions ${which} deleted with their keys`;
      const audit = { operation: 'certificates.purge', result: 'ok' } as const;
      await emit({ kind: 'certificate.purged', message, audit });
    }
  });
}

/** After a retryable failure, a CA is not asked again in this run. */
async function askAboutRenewal(deps: SweepDeps, signal: AbortSignal): Promise<void> {
  const now = toTimestamp(deps.clock.now());
  const all = await deps.stores.certificates.toAsk('ari', { now, limit: ASKED_PER_RUN });
  const failedCas = new Set<string>();
  const until = AbortSignal.any([signal, AbortSignal.timeout(ASK_WITHIN_MS)]);
  const ask = async (certificate: CertificateRecord): Promise<void> => {
    const ca = `${certificate.spec?.ca} ${certificate.spec?.staging}`;
    if (failedCas.has(ca)) return;
    const failure = await refreshAri(deps, certificate, until);
    if (failure?.entry.retryable === true) failedCas.add(ca);
  };
  await mapConcurrent(all, { limit: ASKED_AT_ONCE }, ask).catch((error: unknown) => {
    if (!until.aborted) throw error; // out of time: the next run asks about the rest
  });
}

/** Certificates of one CA share CRLs, so each is fetched once per run. */
async function askAboutRevocation(deps: SweepDeps, signal: AbortSignal): Promise<void> {
  const now = toTimestamp(deps.clock.now());
  const all = await deps.stores.certificates.toAsk('revocation', { now, limit: ASKED_PER_RUN });
  const until = AbortSignal.any([signal, AbortSignal.timeout(ASK_WITHIN_MS)]);
  const lists = new Map<string, Promise<Buffer>>();
  const fetchCrl = (url: string): Promise<Buffer> => {
    const list = lists.get(url) ?? deps.fetchCrl(url, until);
    lists.set(url, list);
    return list;
  };
  const ask = (certificate: CertificateRecord) => checkRevocation({ ...deps, fetchCrl }, certificate, until);
  await mapConcurrent(all, { limit: ASKED_AT_ONCE }, ask).catch((error: unknown) => {
    if (!until.aborted) throw error;
  });
}
