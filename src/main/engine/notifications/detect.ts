// Detects changes since the last check. Each condition is reported once when it begins and once when it ends, in the
// transaction that remembers it, so that a killed process neither loses nor repeats a notification.
import { hostname } from 'node:os';
import type { HttpsState } from '../../../shared/https.ts';
import type { NotificationKind } from '../../../shared/notification.ts';
import { toTimestamp } from '../../../shared/time.ts';
import type { Message, MessageItem, ReportedCondition } from '../core/stores/notifications.ts';
import type { Stores } from '../core/stores.ts';
import { readTimeZone } from '../settings/settings.ts';
import { type Audience, EVERYTHING, findAudiences, hearsOf } from './audiences.ts';
import { type Condition, findConditions, HELD_BACK } from './conditions.ts';
import {
  findDeploymentConditions,
  projectsWithRollout,
  resolvedDeploymentItem,
} from './deployment-conditions.ts';
import { findDnsConditions } from './dns-conditions.ts';
import { findEndpointConditions, findResolvedEndpoint } from './endpoint-conditions.ts';
import { findHttpsConditions } from './https-condition.ts';
import { findIncidentConditions, findResolvedIncident } from './incident-conditions.ts';
import { compose, MAX_ITEMS } from './message-text.ts';
import { enqueue } from './outbox.ts';
import { findRevocationConditions } from './revocation-conditions.ts';

/** The id of the last event that was processed. */
const CURSOR = 'notifications:event';
const PAGE = 1_000;
const HOUR_MS = 3_600_000;

export interface Detection {
  readonly stores: Stores;
  /** Null if Certdesk's own HTTPS is off. */
  readonly https: HttpsState | null;
  readonly now: Date;
  /** When Certdesk started or the machine woke up. */
  readonly calmSince: Date;
}

/** Detects changes and enqueues notifications about them. */
export async function detectChanges({ stores, https, now, calmSince }: Detection): Promise<void> {
  if (!(await hasEnabledChannel(stores))) return forget(stores);
  const conditions = [
    ...(await findConditions(stores, now, calmSince)),
    ...(await findEndpointConditions(stores, now)),
    ...(await findDeploymentConditions(stores, now)),
    ...(await findIncidentConditions(stores)),
    ...(await findDnsConditions(stores)),
    ...(await findRevocationConditions(stores)),
    ...findHttpsConditions(https),
  ];
  const renewals = await findRenewals(stores, now);
  const reported = new Map((await stores.notifications.states()).map((state) => [state.key, state]));
  const currentKeys = new Set(conditions.map(({ key }) => key));
  const failing = projectsWithRollout(conditions);
  const begun = conditions.filter(
    (condition) => isNews(condition, reported.get(condition.key)) && !isConsequence(condition, failing),
  );
  const over = [...reported.values()].filter(
    ({ key, kind }) => kind !== 'backup_failed' && !currentKeys.has(key),
  );
  const at = toTimestamp(now);
  const timeZone = await readTimeZone(stores.settings);
  const news = {
    problem: begun.map(toFinding),
    resolved: await findResolved(stores, over),
    news: renewals.found,
  };
  const audiences = await findAudiences(stores);
  const messages = (
    await Promise.all(
      audiences.flatMap((audience) =>
        STATES.map((state) => composeByKind(news[state], { state, at, timeZone, audience })),
      ),
    )
  ).flat();
  if (begun.length + over.length + messages.length === 0 && renewals.cursor === renewals.before) return;
  await stores.transaction(async (tx) => {
    for (const { item: _, ...state } of begun) await tx.notifications.putState({ ...state, reportedAt: at });
    for (const { key } of over) await tx.notifications.deleteState(key);
    await tx.settings.set(CURSOR, renewals.cursor);
    for (const { message, tags } of messages) await enqueue(tx, message, tags);
  });
}

/** Without an enabled channel nothing is remembered, so the first channel gets all current problems. */
async function hasEnabledChannel({ notifications }: Stores): Promise<boolean> {
  return (await notifications.channels()).some(({ enabled }) => enabled);
}

async function forget(stores: Stores): Promise<void> {
  const [states, last, cursor] = await Promise.all([
    stores.notifications.states(),
    stores.events.lastId(),
    stores.settings.get(CURSOR),
  ]);
  if (states.length === 0 && cursor === last) return;
  await stores.transaction(async (tx) => {
    for (const { key } of states) await tx.notifications.deleteState(key);
    await tx.settings.set(CURSOR, last);
  });
}

/** Whether the condition is new, or more severe than when it was reported. */
function isNews({ severity }: Condition, reported: ReportedCondition | undefined): boolean {
  return reported === undefined || (severity === 'critical' && reported.severity === 'warning');
}

/**
 * Whether a rollout that is reported explains it: an endpoint presents the old certificate because the new one is missing.
 * The end of the rollout makes a check due.
 */
function isConsequence(
  { presentsOld = false, isOutdated = false, projectIds = [] }: Condition,
  failing: ReadonlySet<string>,
): boolean {
  return isOutdated || (presentsOld && projectIds.some((id) => failing.has(id)));
}

interface Finding extends Pick<Condition, 'kind' | 'item'> {
  /** None if it concerns Certdesk itself or a host. */
  readonly projectIds: readonly string[];
}

const STATES = ['problem', 'resolved', 'news'] as const satisfies readonly Message['state'][];

function toFinding({ kind, item, projectId, projectIds = toList(projectId) }: Condition): Finding {
  return { kind, item, projectIds };
}

const toList = (projectId: string | null): readonly string[] => (projectId === null ? [] : [projectId]);

/** Conditions that have ended and are resolved. If the certificate or project was removed, nothing is reported. */
async function findResolved(stores: Stores, over: readonly ReportedCondition[]): Promise<readonly Finding[]> {
  const findings = await Promise.all(
    over.map(async ({ key, kind, projectId }): Promise<Finding | null> => {
      if (key.startsWith(HELD_BACK)) return null;
      const ofEndpoint = await findResolvedEndpoint(stores, key);
      if (ofEndpoint !== undefined)
        return ofEndpoint && { kind, projectIds: ofEndpoint.projectIds, item: async () => ofEndpoint.item };
      const ofIncident = await findResolvedIncident(stores, key);
      if (ofIncident !== undefined)
        return ofIncident && { kind, projectIds: [], item: async () => ofIncident };
      const ofDeployment = await resolvedDeploymentItem(stores, key);
      if (ofDeployment !== undefined)
        return ofDeployment && { kind, projectIds: toList(projectId), item: async () => ofDeployment };
      if (projectId === null) return { kind, projectIds: [], item: async () => RESOLVED };
      const certificate = await stores.certificates.active(projectId);
      // An acknowledged revocation is not resolved either.
      if (certificate === null || certificate.revokedAt !== null) return null;
      const { domain, expiresAt } = certificate;
      const item = async () => ({ projectId, domain, cause: 'Resolved.', expiresAt });
      return { kind, projectIds: [projectId], item };
    }),
  );
  return findings.filter((finding) => finding !== null);
}

const RESOLVED: MessageItem = { projectId: null, domain: null, cause: 'Resolved.', expiresAt: null };

interface Renewals {
  readonly found: readonly Finding[];
  readonly before: unknown;
  readonly cursor: number;
}

/**
 * Finds renewals among the events since the last check; none at the first check. The messages about an incident speak for
 * the renewals of its certificates.
 */
async function findRenewals(stores: Stores, now: Date): Promise<Renewals> {
  const before = await stores.settings.get(CURSOR);
  if (typeof before !== 'number') return { found: [], before, cursor: await stores.events.lastId() };
  const projects = new Set<string>();
  let cursor = before;
  for (;;) {
    const events = await stores.events.list({ after: cursor, limit: PAGE });
    for (const { kind, projectId, data, id } of events) {
      cursor = id;
      if (kind === 'job.succeeded' && projectId !== null && isRenewal(data)) projects.add(projectId);
    }
    if (events.length < PAGE) break;
  }
  const ofIncidents = await stores.incidents.projectsSince(toTimestamp(new Date(now.getTime() - HOUR_MS)));
  const others = [...projects].filter((projectId) => !ofIncidents.has(projectId));
  const found = others.map((projectId) => ({
    kind: 'renewed' as const,
    projectIds: [projectId],
    item: () => renewedItem(stores, projectId),
  }));
  return { found, before, cursor };
}

function isRenewal(data: unknown): boolean {
  return typeof data === 'object' && data !== null && Reflect.get(data, 'kind') === 'renew';
}

async function renewedItem(stores: Stores, projectId: string): Promise<MessageItem> {
  const certificate = await stores.certificates.active(projectId);
  const { domain = null, expiresAt = null } = certificate ?? {};
  return { projectId, domain, cause: 'Renewed.', expiresAt };
}

interface Composing extends Pick<Message, 'state' | 'at'> {
  readonly timeZone: string;
  readonly audience: Audience;
}

/** Groups by kind into one message each: an unavailable CA must not cause a thousand mails. */
async function composeByKind(
  findings: readonly Finding[],
  { state, at, timeZone, audience }: Composing,
): Promise<readonly { readonly message: Message; readonly tags: readonly string[] }[]> {
  const heard = findings.filter(({ projectIds }) => hearsOf(audience, projectIds));
  const kinds = Map.groupBy(heard, ({ kind }) => kind);
  return Promise.all(
    [...kinds].map(async ([kind, all]) => {
      const items = await Promise.all(all.slice(0, MAX_ITEMS).map(({ item }) => item()));
      const message = compose({ kind, state, at, host: hostname(), items, total: all.length }, timeZone);
      return { message, tags: audience.tags };
    }),
  );
}

export interface Report {
  readonly kind: NotificationKind;
  readonly key: string;
  /** The problem; null if it is resolved. */
  readonly problem: string | null;
}

/**
 * Reports a problem that cannot be detected here. The caller reports the outcome of its own work; like conditions,
 * each change is reported once.
 */
export async function report(stores: Stores, { kind, key, problem }: Report, now: Date): Promise<void> {
  if (!(await hasEnabledChannel(stores))) return;
  const isReported = (await stores.notifications.states()).some((state) => state.key === key);
  if (isReported === (problem !== null)) return;
  const at = toTimestamp(now);
  const item = { projectId: null, domain: null, cause: problem ?? 'Resolved.', expiresAt: null };
  const state = problem === null ? 'resolved' : 'problem';
  const content = { kind, state, at, host: hostname(), items: [item], total: 1 } as const;
  const message = compose(content, await readTimeZone(stores.settings));
  await stores.transaction(async (tx) => {
    if (problem === null) await tx.notifications.deleteState(key);
    else await tx.notifications.putState({ key, kind, severity: 'warning', projectId: null, reportedAt: at });
    await enqueue(tx, message, EVERYTHING);
  });
}
