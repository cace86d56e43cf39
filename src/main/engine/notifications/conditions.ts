// Finds the conditions to notify about: the decisions of attention.ts, mapped to the notification kinds that users
// select.
import type { NotificationKind } from '../../../shared/notification.ts';
import { toTimestamp } from '../../../shared/time.ts';
import { formatInZone } from '../../../shared/time-zone.ts';
import { expiresSoonBy } from '../certificates/views.ts';
import type { MessageItem, ReportedCondition } from '../core/stores/notifications.ts';
import type { ListedCertificate } from '../core/stores/overview.ts';
import type { Stores } from '../core/stores.ts';
import { readHeartbeat } from '../maintenance/scheduler.ts';
import { assessCertificate, awaitsRecords, causeOf, type Need } from '../overview/attention.ts';
import { readSettings, readTimeZone } from '../settings/settings.ts';

export interface Condition extends Omit<ReportedCondition, 'reportedAt'> {
  /** If it concerns several projects. Default: `projectId`. */
  readonly projectIds?: readonly string[];
  /** Whether an endpoint only presents the old certificate. Default: no. */
  readonly presentsOld?: boolean;
  /** Whether a check that is due now may show that it has ended: it is not reported before. Default: no. */
  readonly isOutdated?: boolean;
  /** Loads the text. Called only for conditions that are reported. */
  item(): Promise<MessageItem>;
}

/** A sweep runs every minute; five missed in a row are no coincidence. */
export const LATE_MS = 5 * 60_000;

/**
 * Finds all current conditions.
 * @param calmSince When Certdesk started or the machine woke up. Renewals that became overdue before are being caught
 * up.
 */
export async function findConditions(
  stores: Stores,
  now: Date,
  calmSince: Date,
): Promise<readonly Condition[]> {
  const at = toTimestamp(now);
  const [listed, failed, unfinished, { pausedUntil }, sweep] = await Promise.all([
    stores.overview.candidates(null, { now: at, soon: expiresSoonBy(now) }),
    stores.overview.failedObtains(null),
    stores.jobs.unfinished(),
    readSettings(stores.settings, 'renewals'),
    lateSweep(stores, now, calmSince),
  ]);
  const paused = pausedUntil !== null && pausedUntil > at;
  const needs = listed.flatMap((certificate) => {
    const need = assessCertificate(certificate, now, paused);
    return need === null
      ? []
      : certificateConditions(stores, certificate, need, now.getTime() - calmSince.getTime());
  });
  const failedRequests = failed.map(({ projectId, jobId }): Condition => {
    const state = { key: `failed:${projectId}`, kind: 'failed', severity: 'warning', projectId } as const;
    return { ...state, item: () => failedObtain(stores, projectId, jobId) };
  });
  const waiting = unfinished.filter(awaitsRecords).map(({ projectId }): Condition => {
    const state = {
      key: `records:${projectId}`,
      kind: 'action_needed',
      severity: 'warning',
      projectId,
    } as const;
    return { ...state, item: () => unfinishedItem(stores, projectId, 'awaiting_records') };
  });
  const heldBack = unfinished.flatMap(({ projectId, heldUntil }): Condition[] => {
    if (heldUntil === null || heldUntil <= at) return [];
    const state = { kind: 'failed', severity: 'warning', projectId } as const;
    return [
      {
        key: `${HELD_BACK}${projectId}`,
        ...state,
        item: () => unfinishedItem(stores, projectId, 'held_back'),
      },
    ];
  });
  return [...needs, ...failedRequests, ...waiting, ...heldBack, ...sweep];
}

/** Key prefix of held-back jobs. When such a job runs again, that does not mean that its problem is resolved. */
export const HELD_BACK = 'held-back:';

async function unfinishedItem(stores: Stores, projectId: string, kind: Need['kind']): Promise<MessageItem> {
  const [project, certificate] = await Promise.all([
    stores.projects.get(projectId),
    stores.certificates.active(projectId),
  ]);
  const cause = causeOf({ kind, severity: 'warning' }, null, null);
  const domain = project?.domain ?? project?.name ?? null;
  return { projectId, domain, cause, expiresAt: certificate?.expiresAt ?? null };
}

/** Time after a start in which overdue renewals begin. */
const CATCH_UP_MS = 30 * 60_000;

function certificateConditions(
  stores: Stores,
  certificate: ListedCertificate,
  need: Need,
  runningMs: number,
): readonly Condition[] {
  if (need.kind === 'overdue' && runningMs < CATCH_UP_MS) return [];
  const { projectId } = certificate;
  const { severity } = need;
  const item = () => certificateItem(stores, certificate, need);
  return kindsOf(need).map((kind) => ({ key: `${kind}:${projectId}`, kind, severity, projectId, item }));
}

/** A renewal that still fails in the last part of the lifetime is both. */
function kindsOf({ kind, severity }: Need): readonly NotificationKind[] {
  if (kind === 'revoked') return ['revoked'];
  if (kind === 'uncovered') return ['action_needed'];
  if (kind === 'failing') return severity === 'critical' ? ['failed', 'expiring'] : ['failed'];
  return ['expiring'];
}

async function certificateItem(stores: Stores, listed: ListedCertificate, need: Need): Promise<MessageItem> {
  const certificate = await stores.certificates.active(listed.projectId);
  const error = certificate?.renewal.lastError ?? null;
  return {
    projectId: listed.projectId,
    domain: certificate?.domain ?? null,
    cause: causeOf(need, listed, error),
    expiresAt: listed.expiresAt,
  };
}

async function failedObtain(stores: Stores, projectId: string, jobId: string): Promise<MessageItem> {
  const [project, job] = await Promise.all([stores.projects.get(projectId), stores.jobs.get(jobId)]);
  const cause = causeOf({ kind: 'obtain_failed', severity: 'warning' }, null, job?.error?.error ?? null);
  return { projectId, domain: project?.domain ?? project?.name ?? null, cause, expiresAt: null };
}

async function lateSweep(stores: Stores, now: Date, calmSince: Date): Promise<readonly Condition[]> {
  const heartbeat = await readHeartbeat(stores);
  const last = heartbeat === null ? 0 : Date.parse(heartbeat.at);
  if (now.getTime() - Math.max(last, calmSince.getTime()) <= LATE_MS) return [];
  const timeZone = await readTimeZone(stores.settings);
  const since = heartbeat === null ? 'it started' : formatInZone(timeZone, heartbeat.at);
  const cause = `Certdesk has not checked for renewals since ${since}. Restart it.`;
  const state = {
    key: 'sweep',
    kind: 'renewal_check_missed',
    severity: 'critical',
    projectId: null,
  } as const;
  return [{ ...state, item: async () => ({ projectId: null, domain: null, cause, expiresAt: null }) }];
}
