// One look over all certificates: renewals that are due are begun, within the bounds that are set and the limits of the
// CAs; then what is old is cleared away and the CAs are asked what they say of their certificates.
import { daysAgo, type Timestamp, toTimestamp } from '../../../shared/time.ts';
import type { Sessions } from '../access/sessions.ts';
import { type ArchiveDeps, archiveOldEntries } from '../audit/archive.ts';
import { backstop } from '../certificates/renewal-plan.ts';
import { KEEP_EVENTS_DAYS, KEEP_REMOVED_DAYS } from '../certificates/retention.ts';
import { CertdeskError } from '../core/errors.ts';
import { mapConcurrent } from '../core/map-concurrent.ts';
import type { CertificateRecord, JobRecord } from '../core/model.ts';
import { namesOf } from '../issuance/issuance-spec.ts';
import type { Issuance } from '../issuance/service.ts';
import { type BudgetService, KEEP_USAGE_DAYS } from '../rate-limits/budget.ts';
import { exactSet, withoutWildcard } from '../rate-limits/usage.ts';
import { type AriDeps, directoryOf, isInWindow, refreshAri } from '../renewal/ari.ts';
import { checkRevocation, type RevocationCheckDeps } from '../revocation/crl-check.ts';
import { readSettings } from '../settings/settings.ts';

export interface SweepDeps extends AriDeps, RevocationCheckDeps, ArchiveDeps {
  readonly issuance: Pick<Issuance, 'startRenewal'>;
  readonly budget: Pick<BudgetService, 'findDeferral'>;
  readonly sessions: Pick<Sessions, 'endOver'>;
  /** Lets so many jobs run side by side. */
  setConcurrency(concurrency: number): void;
  /** Undoes challenges that an earlier clean-up could not. */
  sweepLeftovers(): Promise<void>;
}

export interface Swept {
  /** Renewals that were begun. */
  readonly begun: number;
  /** Whether more are due than may run side by side: then the next look comes soon. */
  readonly more: boolean;
  /** What a step failed with; the others were taken all the same. */
  readonly error: unknown;
}

/** CAs are asked about this many certificates a look: 10,000 are through in under two hours, and each four times a day. */
const ASKED_A_LOOK = 100;
const ASKED_AT_ONCE = 5;
/** A look comes each minute; asking must not hold up the next one. */
const ASK_WITHIN_MS = 40_000;

export async function sweep(deps: SweepDeps, signal: AbortSignal): Promise<Swept> {
  let swept = { begun: 0, more: false };
  let error: unknown = null;
  const steps = [
    async () => {
      swept = await beginDue(deps);
    },
    () => clearAway(deps),
    () => deps.sessions.endOver(),
    () => archiveOldEntries(deps),
    () => askAboutRenewal(deps, signal),
    () => askAboutRevocation(deps, signal),
    () => deps.sweepLeftovers(),
  ];
  // Each for itself, renewals first: what cannot be cleared away or asked must not hold up a renewal.
  for (const step of steps) {
    if (signal.aborted) break;
    await step().catch((cause: unknown) => {
      error ??= cause;
    });
  }
  return { ...swept, error: signal.aborted ? null : error };
}

/** Automatic renewals under way, and the names that anything is under way for. */
function underWay(jobs: readonly JobRecord[]): { renewals: number; busy: Set<string> } {
  const busy = new Set<string>();
  let renewals = 0;
  for (const job of jobs) {
    if (job.input.kind === 'renew' && job.input.automatic) renewals += 1;
    for (const name of namesOf(job)) busy.add(name);
  }
  return { renewals, busy };
}

async function beginDue(deps: SweepDeps): Promise<{ begun: number; more: boolean }> {
  const { stores, clock } = deps;
  const now = toTimestamp(clock.now());
  const settings = await readSettings(stores.settings, 'renewals');
  if (settings.pausedUntil !== null && settings.pausedUntil > now) return { begun: 0, more: false };
  deps.setConcurrency(settings.sideBySide);
  const { renewals, busy } = underWay(await stores.jobs.unfinished());
  let room = settings.sideBySide - renewals;
  let begun = 0;
  let waiting = false;
  for await (const projectId of stores.certificates.due(now)) {
    if (room <= 0) return { begun, more: true };
    const certificate = await stores.certificates.active(projectId);
    if (certificate?.spec == null) continue;
    const names = certificate.spec.names.map(withoutWildcard);
    // One a domain: two that prove the same name at once could fail together, and a failure counts at the CA.
    if (names.some((name) => busy.has(name))) {
      waiting = true;
      continue;
    }
    if (await deferRenewal(deps, certificate, now)) continue;
    if (!(await renew(deps, projectId))) continue;
    for (const name of names) busy.add(name);
    begun += 1;
    room -= 1;
  }
  return { begun, more: waiting };
}

/** Whether a limit of the CA stands against it; then that is written, and told once. */
async function deferRenewal(
  deps: SweepDeps,
  certificate: CertificateRecord,
  now: Timestamp,
): Promise<boolean> {
  const { id, accountId, projectId, domain, renewal, names } = certificate;
  const directoryUrl = await directoryOf(deps, certificate).catch(() => null);
  if (directoryUrl === null) return false; // the renewal itself will say what is wrong
  const replaces = isInWindow(renewal, now) && renewal.failures < 2;
  const specNames = certificate.spec?.names ?? names;
  const sameNames = accountId !== null && exactSet(specNames) === exactSet(names);
  const found = await deps.budget.findDeferral({
    directoryUrl,
    accountId,
    names: specNames,
    replaces,
    sameNames,
    // A limit that is nearly used up is no reason to let a certificate expire.
    latest: backstop(certificate),
  });
  if (found === null) return false;
  await deps.journal.write(async (tx, emit) => {
    const state = { ...renewal, nextAttemptAt: found.until, deferralReason: found.why };
    await tx.certificates.update(id, { renewal: state });
    const message = `Renewal of ${domain} deferred until ${found.until}. ${found.why}`;
    await emit({ kind: 'certificate.renewal-put-off', projectId, message });
  });
  return true;
}

/** Somebody renews, revokes or removes it at this moment, or Certdesk stops: the next look will tell. */
const PASSING = ['OPERATION_IN_PROGRESS', 'CERTIFICATE_NOT_FOUND', 'PROJECT_NOT_FOUND', 'SHUTTING_DOWN'];

async function renew({ issuance, log }: SweepDeps, projectId: string): Promise<boolean> {
  try {
    await issuance.startRenewal(projectId);
    return true;
  } catch (error) {
    if (error instanceof CertdeskError && PASSING.includes(error.code)) return false;
    // One that cannot be begun does not hold up the others.
    log.error(
      { projectId, err: error },
      'A renewal could not be started; retrying at the next renewal check',
    );
    return false;
  }
}

async function clearAway({ stores, journal, clock }: SweepDeps): Promise<void> {
  const now = clock.now();
  const { keepVersionsDays } = await readSettings(stores.settings, 'renewals');
  const removedBefore = daysAgo(KEEP_REMOVED_DAYS, now);
  const expiredBefore = daysAgo(keepVersionsDays, now);
  await stores.events.deleteBefore(daysAgo(KEEP_EVENTS_DAYS, now));
  await stores.caUsage.deleteBefore(daysAgo(KEEP_USAGE_DAYS, now));
  if (!(await stores.certificates.anyToPurge({ removed: removedBefore, expired: expiredBefore }))) return;
  // Keys go with them for good: that is a matter of the audit trail.
  await journal.write(async (tx, emit) => {
    const removed = await tx.certificates.purgeRemoved(removedBefore);
    const superseded = await tx.certificates.purgeSuperseded(expiredBefore);
    const told = [
      [removed, `removed before ${removedBefore}`],
      [superseded, `superseded and expired before ${expiredBefore}`],
    ] as const;
    for (const [count, which] of told) {
      if (count === 0) continue;
      const message = `${count} certificate versions ${which} deleted with their keys`;
      const audit = { operation: 'certificates.purge', result: 'ok' } as const;
      await emit({ kind: 'certificate.purged', message, audit });
    }
  });
}

/** A CA that does not answer is asked no more in this look. */
async function askAboutRenewal(deps: SweepDeps, signal: AbortSignal): Promise<void> {
  const now = toTimestamp(deps.clock.now());
  const all = await deps.stores.certificates.toAsk('ari', { now, limit: ASKED_A_LOOK });
  const silent = new Set<string>();
  const until = AbortSignal.any([signal, AbortSignal.timeout(ASK_WITHIN_MS)]);
  const ask = async (certificate: CertificateRecord): Promise<void> => {
    const ca = `${certificate.spec?.ca} ${certificate.spec?.staging}`;
    if (silent.has(ca)) return;
    const failure = await refreshAri(deps, certificate, until);
    if (failure?.entry.retryable === true) silent.add(ca);
  };
  await mapConcurrent(all, { limit: ASKED_AT_ONCE }, ask).catch((error: unknown) => {
    if (!until.aborted) throw error; // what was not asked for want of time comes next
  });
}

/** Certificates of one CA share lists: each is fetched once a look. */
async function askAboutRevocation(deps: SweepDeps, signal: AbortSignal): Promise<void> {
  const now = toTimestamp(deps.clock.now());
  const all = await deps.stores.certificates.toAsk('revocation', { now, limit: ASKED_A_LOOK });
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
