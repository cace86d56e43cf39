// Builds the overview: whether anything is going to break, why, and which action resolves it. It reads indexes; only
// the items that are shown are read in full.
import { ERRORS } from '../../../shared/errors.ts';
import type { Attention, EngineState, Overview, Timeline, TimelineDay } from '../../../shared/overview.ts';
import { toTimestamp } from '../../../shared/time.ts';
import { limitError, limitSentence } from '../access/limited-view.ts';
import { expiresSoonBy } from '../certificates/views.ts';
import type { CertificateFacts, JobRecord } from '../core/model.ts';
import type { Clock, SecretStore } from '../core/ports.ts';
import { namesOf } from '../core/project-lookup.ts';
import type { ListedCertificate } from '../core/stores/overview.ts';
import type { Stores } from '../core/stores.ts';
import { type HttpsService, httpsSummary } from '../https/https.ts';
import { presentEvent } from '../jobs/job-views.ts';
import { type Heartbeat, readHeartbeat, type Scheduler } from '../maintenance/scheduler.ts';
import { readSettings, readTimeZone } from '../settings/settings.ts';
import {
  assessCertificate,
  awaitsRecords,
  byUrgency,
  causeOf,
  type Need,
  suggestedAction,
} from './attention.ts';
import { causeOfDeployment, type DeploymentNeed, findDeploymentNeeds } from './deployment-needs.ts';
import { causeOfDns, type DnsNeed, findDnsNeeds, firstPerProject } from './dns-needs.ts';
import { healthOf } from './health.ts';
import {
  causeOfRevocation,
  describeRevocation,
  findRevocationNeeds,
  type RevocationNeed,
} from './revocation-needs.ts';
import { causeOfServed, groupByProject, type ServedNeed, summarizeEndpoints } from './served-needs.ts';
import { findSetup } from './setup.ts';
import { daySpan, groupByDay, MAX_MARKS, timelineWindow } from './timeline.ts';
import { findWaiting } from './waiting-deployments.ts';

export interface OverviewService {
  /** @param ids Only these projects; null for all. */
  get(ids: readonly string[] | null): Promise<Overview>;
  /** Lists the renewals and expiries of a day in the chosen time zone; today's with the overdue ones. */
  day(ids: readonly string[] | null, day: string): Promise<TimelineDay>;
}

export interface OverviewDeps {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly secrets: SecretStore;
  readonly scheduler: Pick<Scheduler, 'nextAt'>;
  readonly https: Pick<HttpsService, 'state'>;
  backup(): Promise<EngineState['backup']>;
  queue(): { readonly running: number; readonly queued: number };
}

type Ids = readonly string[] | null;

const MAX_ITEMS = 100;
const MAX_OF_DAY = 200;
const LAST_EVENTS = 20;
/** Steps are of interest only while watching a job. */
const HIDDEN_KINDS = ['job.step', 'job.queued'];

export function createOverview(deps: OverviewDeps): OverviewService {
  const { stores, clock } = deps;
  return {
    async day(ids, day) {
      const span = daySpan(day, await readTimeZone(stores.settings), clock.now());
      if (span === null) return { marks: [] };
      return { marks: [...(await stores.overview.upcoming({ ids, ...span, limit: MAX_OF_DAY }))] };
    },

    async get(ids) {
      const now = clock.now();
      const filter = { ids, now: toTimestamp(now), soon: expiresSoonBy(now) };
      const [{ counts }, attention, timeline, engine, events, renewing, endpoints, waiting] =
        await Promise.all([
          stores.projects.count(filter),
          listAttention(stores, ids, now),
          buildTimeline(stores, ids, now),
          engineState(deps, ids, now),
          stores.events.latest({ without: HIDDEN_KINDS, projectIds: ids, limit: LAST_EVENTS }),
          stores.overview.renewing(ids),
          stores.endpoints.alarmed(ids).then((alarmed) => summarizeEndpoints(stores, alarmed, ids)),
          findWaiting(stores, ids, now),
        ]);
      const health = healthOf({ counts, attention, engine, renewing, endpoints });
      const setup = await findSetup(deps, ids, counts);
      const names = await namesOf(stores.projects, events);
      const shown = events.map((event) => ({
        ...presentEvent(event),
        project: event.projectId === null ? null : (names.get(event.projectId) ?? null),
      }));
      return { health, counts, attention, endpoints, waiting, timeline, engine, setup, events: shown };
    },
  };
}

export interface Candidate extends Need {
  readonly projectId: string;
  readonly expiresAt: string | null;
  readonly listed: ListedCertificate | null;
  /** The problem at the project's endpoints, also if `kind` is another problem. */
  readonly served?: ServedNeed | undefined;
  /** The problem on the project's hosts, also if `kind` is another problem. */
  readonly deployment?: DeploymentNeed | undefined;
  /** The version that is still to be revoked, also if `kind` is another problem. */
  readonly revocation?: RevocationNeed | undefined;
  /** The problems of the project's DNS records, also if `kind` is another problem. */
  readonly dns?: readonly DnsNeed[];
}

async function listAttention(stores: Stores, ids: Ids, now: Date): Promise<Overview['attention']> {
  const [all, acknowledged] = await Promise.all([
    findNeeds(stores, ids, now),
    stores.overview.acknowledged(ids),
  ]);
  const shown = all.slice(0, MAX_ITEMS);
  return { total: all.length, acknowledged, items: await withDetails(stores, shown, ids !== null) };
}

/** Lists all projects that need attention, the most urgent first. */
export async function findNeeds(stores: Stores, ids: Ids, now: Date): Promise<readonly Candidate[]> {
  const [listed, failed, unfinished, { pausedUntil }, alarmed, undeployed, unrevoked, dns] =
    await Promise.all([
      stores.overview.candidates(ids, { now: toTimestamp(now), soon: expiresSoonBy(now) }),
      stores.overview.failedObtains(ids),
      stores.jobs.unfinished(),
      readSettings(stores.settings, 'renewals'),
      stores.endpoints.alarmed(ids),
      findDeploymentNeeds(stores, ids),
      findRevocationNeeds(stores, ids),
      findDnsNeeds(stores, ids),
    ]);
  const paused = pausedUntil !== null && pausedUntil > toTimestamp(now);
  const needs = listed.flatMap((certificate): Candidate[] => {
    const need = assessCertificate(certificate, now, paused);
    const { projectId, expiresAt } = certificate;
    return need === null ? [] : [{ ...need, projectId, expiresAt, listed: certificate }];
  });
  const failedRequests = failed.map(
    ({ projectId }): Candidate => ({
      kind: 'obtain_failed',
      severity: 'warning',
      projectId,
      expiresAt: null,
      listed: null,
    }),
  );
  const known = new Set([...needs, ...failedRequests].map(({ projectId }) => projectId));
  const crashing = unfinished.flatMap(({ projectId, heldUntil }): Candidate[] => {
    const visible = ids === null || ids.includes(projectId);
    if (heldUntil === null || heldUntil <= toTimestamp(now) || !visible || known.has(projectId)) return [];
    return [{ kind: 'held_back', severity: 'warning', projectId, expiresAt: null, listed: null }];
  });
  const waiting = unfinished.filter(awaitsRecords).flatMap(({ projectId }): Candidate[] => {
    if (ids !== null && !ids.includes(projectId)) return [];
    const { expiresAt = null, listed = null } = needs.find((each) => each.projectId === projectId) ?? {};
    return [{ kind: 'awaiting_records', severity: 'warning', projectId, expiresAt, listed }];
  });
  const listedIds = new Set(waiting.map(({ projectId }) => projectId));
  const certificates = [...needs, ...crashing, ...failedRequests].filter(
    ({ projectId }) => !listedIds.has(projectId),
  );
  const listedToo = new Set([...waiting, ...certificates].map(({ projectId }) => projectId));
  const revocations = unrevoked.flatMap(({ projectId, kind, severity, retry }): Candidate[] => {
    const { expiresAt } = retry;
    return listedToo.has(projectId) ? [] : [{ kind, severity, projectId, expiresAt, listed: null }];
  });
  const others = [...certificates, ...revocations];
  // Before what clients get, because it is about the certificate.
  const first = new Set([...waiting, ...others].map(({ projectId }) => projectId));
  const records = firstPerProject(dns).flatMap(({ projectId, kind, severity }): Candidate[] =>
    first.has(projectId) ? [] : [{ kind, severity, projectId, expiresAt: null, listed: null }],
  );
  const busy = new Set([...waiting, ...others, ...records].map(({ projectId }) => projectId));
  const served = groupByProject(alarmed, ids);
  // A failed deployment explains why an endpoint does not present the certificate.
  const deployments = undeployed.flatMap(({ projectId, kind, severity }): Candidate[] =>
    busy.has(projectId) ? [] : [{ kind, severity, projectId, expiresAt: null, listed: null }],
  );
  const explained = new Set([...busy, ...deployments.map(({ projectId }) => projectId)]);
  const unexplained = served.flatMap(({ projectId, kind, severity, endpoint }): Candidate[] => {
    const expiresAt = kind === 'endpoint_expiring' ? endpoint.expiresAt : null;
    return explained.has(projectId) ? [] : [{ kind, severity, projectId, expiresAt, listed: null }];
  });
  const main = [...waiting, ...others, ...records, ...deployments, ...unexplained];
  return addFurtherNeeds(main, { served, deployments: undeployed, revocations: unrevoked, dns }).toSorted(
    byUrgency,
  );
}

/** A project is listed once, so that item also carries what is wrong on its hosts, at its endpoints and in DNS. */
function addFurtherNeeds(
  candidates: readonly Candidate[],
  needs: {
    readonly served: readonly ServedNeed[];
    readonly deployments: readonly DeploymentNeed[];
    readonly revocations: readonly RevocationNeed[];
    readonly dns: readonly DnsNeed[];
  },
): readonly Candidate[] {
  const servedOf = new Map(needs.served.map((need) => [need.projectId, need]));
  const dnsOf = Map.groupBy(needs.dns, ({ projectId }) => projectId);
  const deploymentOf = new Map(needs.deployments.map((need) => [need.projectId, need]));
  const revocationOf = new Map(needs.revocations.map((need) => [need.projectId, need]));
  return candidates.map((candidate) => {
    const served = servedOf.get(candidate.projectId);
    const deployment = deploymentOf.get(candidate.projectId);
    const revocation = revocationOf.get(candidate.projectId);
    const dns = dnsOf.get(candidate.projectId) ?? [];
    const severities = [candidate, served, deployment, revocation, ...dns].map((need) => need?.severity);
    const severity = severities.includes('critical') ? 'critical' : 'warning';
    return { ...candidate, severity, served, deployment, revocation, dns };
  });
}

async function withDetails(
  stores: Stores,
  candidates: readonly Candidate[],
  isLimited: boolean,
): Promise<Attention[]> {
  const failed = await stores.overview.lastFailed(candidates.map(({ projectId }) => projectId));
  const failedOf = new Map(failed.map((job) => [job.projectId, job]));
  const running = new Map((await stores.jobs.unfinished()).map((job) => [job.projectId, job.id]));
  const items = candidates.map(async (candidate): Promise<Attention | null> => {
    const { projectId } = candidate;
    const [project, certificate] = await Promise.all([
      stores.projects.get(projectId),
      stores.certificates.facts(projectId),
    ]);
    if (project === null) return null; // removed since the candidates were read
    const runningJobId = running.get(projectId) ?? null;
    const lastFailed = failedOf.get(projectId) ?? null;
    const { kind, served, deployment, revocation, dns = [] } = candidate;
    const jobId = lastFailed?.input.kind === 'revoke' ? lastFailed.id : null;
    const main =
      revocation?.kind === kind
        ? describeRevocation({ ...revocation, severity: candidate.severity }, { isLimited, jobId })
        : describe(candidate, certificate, { lastFailed, isLimited });
    const onHosts = deployment === undefined ? null : await causeOfDeployment(stores, deployment, isLimited);
    const item = kind === 'deploy_failed' && onHosts !== null ? { ...main, ...onHosts } : main;
    const further = [
      { kind: deployment?.kind, cause: onHosts?.cause },
      { kind: served?.kind, cause: served && causeOfServed(served) },
      { kind: revocation?.kind, cause: revocation && causeOfRevocation(revocation, isLimited) },
      ...dns.map((need) => ({ kind: need.kind, cause: causeOfDns(need) })),
    ].filter((each) => each.kind !== undefined && each.kind !== kind);
    const furtherKinds = further.flatMap((each) => each.kind ?? []);
    const cause = [item.cause, ...further.map((each) => each.cause)].join(' ');
    const description = { ...item, cause, furtherKinds };
    return { projectId, name: project.name, domain: project.domain, ...description, runningJobId };
  });
  return (await Promise.all(items)).filter((item) => item !== null);
}

type Description = Omit<Attention, 'projectId' | 'name' | 'domain' | 'runningJobId' | 'furtherKinds'>;

function describe(
  { listed, expiresAt, kind, severity, served, dns = [] }: Candidate,
  certificate: CertificateFacts | null,
  { lastFailed, isLimited }: { readonly lastFailed: JobRecord | null; readonly isLimited: boolean },
): Description {
  const need = { kind, severity };
  const record = dns.find((each) => each.kind === kind);
  const failures = certificate?.renewal.failures ?? 0;
  const failed = failures > 0 || kind === 'obtain_failed' ? lastFailed : null;
  const error = lastErrorOf(certificate, failed, isLimited);
  const code = failed?.error?.code;
  const retryable = code === undefined || ERRORS[code].retryable;
  if (served !== undefined && served.kind === kind)
    return {
      ...need,
      cause: causeOfServed(served),
      suggestedAction: 'inspect',
      expiresAt,
      lastAttemptAt: certificate?.storedAt ?? null,
      nextAttemptAt: null,
      failures: 0,
      errorCode: null,
      jobId: null,
      endpointId: served.endpoint.id,
    };
  return {
    ...need,
    cause:
      record !== undefined
        ? causeOfDns(record)
        : causeOf(
            need,
            listed,
            failures > 0 || kind === 'obtain_failed' || kind === 'unattended' ? error : null,
          ),
    suggestedAction: suggestedAction(need, listed ?? { renewable: true, uncovered: null }, retryable),
    expiresAt,
    lastAttemptAt: certificate?.renewal.lastAttempt ?? failed?.finishedAt ?? null,
    nextAttemptAt: listed?.attemptAt ?? null,
    failures,
    errorCode: code ?? null,
    jobId: failed?.id ?? null,
    endpointId: null,
  };
}

/** @param isLimited Whether the caller may not read text from other servers (limited-view.ts). */
function lastErrorOf(
  certificate: CertificateFacts | null,
  failed: JobRecord | null,
  isLimited: boolean,
): string | null {
  const { lastError = null, lastErrorCode = null } = certificate?.renewal ?? {};
  if (lastError !== null) return isLimited ? limitSentence(lastError, lastErrorCode) : lastError;
  const body = failed?.error ?? null;
  return (isLimited && body !== null ? limitError(body) : body)?.error ?? null;
}

async function buildTimeline({ overview, settings }: Stores, ids: Ids, now: Date): Promise<Timeline> {
  const { from, to } = timelineWindow(now);
  const timeZone = await readTimeZone(settings);
  const marks = await overview.upcoming({ ids, from, to, limit: MAX_MARKS + 1 });
  if (marks.length <= MAX_MARKS)
    return { from, to, total: marks.length, marks: [...marks], days: groupByDay(marks, timeZone) };
  const days = await overview.upcomingDays({ ids, from, to, timeZone });
  const total = days.reduce((sum, { renewals, expiries }) => sum + renewals + expiries, 0);
  return { from, to, total, marks: null, days: [...days] };
}

/** A sweep runs every minute; five missed in a row are no coincidence. */
const LATE_MS = 5 * 60_000;

async function engineState(deps: OverviewDeps, ids: Ids, now: Date): Promise<EngineState> {
  // The error of a renewal check or a backup concerns the installation and may quote another server.
  const shown = (error: string | null, sentence: string) =>
    error === null || ids === null ? error : sentence;
  const backup = await deps.backup();
  const heartbeat = await readHeartbeat(deps.stores);
  const { pausedUntil } = await readSettings(deps.stores.settings, 'renewals');
  return {
    lastRenewalCheckAt: heartbeat?.at ?? null,
    nextRenewalCheckAt: deps.scheduler.nextAt(),
    renewalCheckLate: isLate(heartbeat, now),
    lastRenewalCheckError: shown(heartbeat?.error ?? null, 'The last renewal check failed.'),
    pausedUntil: pausedUntil !== null && pausedUntil > toTimestamp(now) ? pausedUntil : null,
    queue: deps.queue(),
    secretStore: await secretStoreState(deps.secrets),
    https: httpsSummary(deps.https.state()),
    backup: backup && { ...backup, lastError: shown(backup.lastError, 'The last backup failed.') },
    clock: {
      now: toTimestamp(now),
      ok: heartbeat === null || Date.parse(heartbeat.at) - now.getTime() < LATE_MS,
    },
  };
}

function isLate(heartbeat: Heartbeat | null, now: Date): boolean {
  return heartbeat !== null && now.getTime() - Date.parse(heartbeat.at) > LATE_MS;
}

/** Actually accesses the secret store, because a locked keychain is unavailable. */
async function secretStoreState(secrets: SecretStore): Promise<EngineState['secretStore']> {
  try {
    await secrets.names();
    return secrets.kind;
  } catch {
    return 'unavailable';
  }
}
