// Finds the conditions of deployments to notify about: rollouts that failed on some of their targets or whose services do
// not serve what was installed, and hosts that present another key.

import type { MessageItem, ReportedCondition } from '../core/stores/notifications.ts';
import type { Stores } from '../core/stores.ts';
import type { RolloutOutcome } from '../deploy/rollout-outcome.ts';
import { isRollingOut, problemSentence, readOutcome, successSentence } from '../deploy/rollout-outcome.ts';
import type { Condition } from './conditions.ts';

/** Followed by the project and the version: each rollout of a certificate is reported once. */
const ROLLOUT = 'rollout:';
const HOST_KEY = 'host-key:';
/** How long the report of a failed rollout waits for its other targets, so that the message can say how many failed. */
const GATHER_MS = 10 * 60_000;

/** Returns one condition for each rollout with a problem, and one for each host that presents another key. */
export async function findDeploymentConditions(stores: Stores, now: Date): Promise<readonly Condition[]> {
  const [troubled, hosts, states] = await Promise.all([
    stores.deployments.inStates(['failed', 'not-served', 'deploying', 'waiting']),
    stores.hosts.list(),
    stores.notifications.states(),
  ]);
  const reported = states.filter(({ key }) => key.startsWith(ROLLOUT));
  const bad = new Set(troubled.filter(({ state }) => isBad(state)).map(({ projectId }) => projectId));
  const unfinished = new Set(troubled.map(({ projectId }) => projectId));
  const ofReported = Map.groupBy(reported, ({ projectId }) => projectId ?? '');
  const found = await Promise.all(
    [...bad].map((projectId) =>
      findRollout(stores, projectId, { now, reported: ofReported.get(projectId) ?? [] }),
    ),
  );
  // A problem that was reported lasts until the next runs have ended.
  const kept = reported.filter(
    ({ projectId }) => unfinished.has(projectId ?? '') && !bad.has(projectId ?? ''),
  );
  const keys = hosts
    .filter(({ changedKey }) => changedKey !== null)
    .map(({ id, name, lastError }): Condition => {
      const cause = lastError ?? 'The host presents another key than the accepted one.';
      const page = `/hosts/${id}`;
      const item = async () => ({ projectId: null, domain: name, cause, expiresAt: null, page });
      return {
        key: `${HOST_KEY}${id}`,
        kind: 'host_key_changed',
        severity: 'critical',
        projectId: null,
        item,
      };
    });
  return [...found.flat(), ...kept.map((state) => keep(stores, state)), ...keys];
}

const isBad = (state: string): boolean => state === 'failed' || state === 'not-served';

interface Known {
  readonly now: Date;
  /** What was reported about rollouts of the project. */
  readonly reported: readonly ReportedCondition[];
}

async function findRollout(
  stores: Stores,
  projectId: string,
  { now, reported }: Known,
): Promise<readonly Condition[]> {
  const outcome = await readOutcome(stores, projectId);
  if (outcome === null || outcome.first === null) return [];
  const condition: Condition = {
    key: `${ROLLOUT}${projectId}:${outcome.versionId}`,
    kind: outcome.failed > 0 ? 'deploy_failed' : 'not_served',
    severity: 'warning',
    projectId,
    item: () => problemItem(stores, projectId, outcome),
  };
  if (reported.some(({ key }) => key === condition.key)) return [condition];
  const { startedAt, createdAt } = outcome.first.run;
  const gathers = now.getTime() - Date.parse(startedAt ?? createdAt) < GATHER_MS;
  if (gathers && (await isRollingOut(stores, outcome))) return reported.map((state) => keep(stores, state));
  return [condition];
}

/** A condition that was reported already; its text is not needed. */
function keep(stores: Stores, { key, kind, severity, projectId }: ReportedCondition): Condition {
  const item = () => problemItem(stores, projectId ?? '', null);
  return { key, kind, severity, projectId, item };
}

/** Returns the projects whose failed rollouts these conditions report. */
export function projectsWithRollout(conditions: readonly Condition[]): ReadonlySet<string> {
  return new Set(
    conditions.flatMap(({ key, projectId }) => (key.startsWith(ROLLOUT) ? (projectId ?? []) : [])),
  );
}

async function problemItem(
  stores: Stores,
  projectId: string,
  outcome: RolloutOutcome | null,
): Promise<MessageItem> {
  const certificate = await stores.certificates.facts(projectId);
  const cause = outcome === null ? 'A deployment failed.' : await problemSentence(stores, outcome);
  return {
    ...(await aboutProject(stores, projectId, outcome)),
    cause,
    expiresAt: certificate?.expiresAt ?? null,
  };
}

/** Links the page of the failed deployment, or that of the project if all deployments have succeeded. */
async function aboutProject(stores: Stores, projectId: string, outcome: RolloutOutcome | null) {
  const project = await stores.projects.get(projectId);
  const domain = project?.domain ?? project?.name ?? null;
  const [only, ...others] = outcome?.deployments ?? [];
  const deployment = outcome?.first?.deployment ?? (others.length === 0 ? only : undefined);
  const page = deployment === undefined ? `/projects/${projectId}` : `/deployments/${deployment.id}`;
  return { projectId, domain, page };
}

/**
 * Returns the message that a problem of a rollout or host is resolved.
 * @returns undefined if the key is of another condition; null if nothing is to be reported, because a newer rollout has
 * failed, or the deployments were paused or deleted
 */
export async function resolvedDeploymentItem(
  stores: Stores,
  key: string,
): Promise<MessageItem | null | undefined> {
  if (key.startsWith(HOST_KEY)) {
    const host = await stores.hosts.get(key.slice(HOST_KEY.length));
    const page = `/hosts/${host?.id}`;
    return host && { projectId: null, domain: host.name, cause: 'Resolved.', expiresAt: null, page };
  }
  if (!key.startsWith(ROLLOUT)) return undefined;
  const [projectId = ''] = key.slice(ROLLOUT.length).split(':');
  const outcome = await readOutcome(stores, projectId);
  if (outcome === null || outcome.first !== null || outcome.good === 0) return null;
  if (await hasPausedFailure(stores, projectId)) return null;
  const cause = successSentence(outcome);
  return { ...(await aboutProject(stores, projectId, outcome)), cause, expiresAt: null };
}

/** Whether a deployment was paused after it failed: nothing has been resolved there. */
async function hasPausedFailure(
  { deployments, deploymentRuns }: Stores,
  projectId: string,
): Promise<boolean> {
  const paused = (await deployments.ofProject(projectId)).filter(({ enabled }) => !enabled);
  const targets = await deployments.targets(paused.map(({ id }) => id));
  const runs = await deploymentRuns.byIds(targets.flatMap(({ runId }) => runId ?? []));
  return runs.some(({ error, state }) => error !== null && state !== 'cancelled');
}
