// Finds the conditions of deployments to notify about: failed ones, services that do not serve what was installed, and
// hosts that present another key.
import type { DeploymentRecord } from '../core/model-deploy.ts';
import type { MessageItem } from '../core/stores/notifications.ts';
import type { Stores } from '../core/stores.ts';
import type { Condition } from './conditions.ts';

const DEPLOYMENT = 'deployment:';
const HOST_KEY = 'host-key:';

/** One per deployment or host. */
export async function findDeploymentConditions(stores: Stores): Promise<readonly Condition[]> {
  const [troubled, hosts, states] = await Promise.all([
    stores.deployments.inStates(['failed', 'not-served', 'deploying', 'waiting']),
    stores.hosts.list(),
    stores.notifications.states(),
  ]);
  const reported = new Set(states.map(({ key }) => key));
  const deployments = troubled.flatMap((deployment): readonly Condition[] => {
    const { id, projectId, state } = deployment;
    const item = () => problemItem(stores, deployment);
    const toCondition = (kind: 'deploy_failed' | 'not_served'): Condition => ({
      key: `${DEPLOYMENT}${id}:${kind}`,
      kind,
      severity: 'warning',
      projectId,
      item,
    });
    if (state === 'failed') return [toCondition('deploy_failed')];
    if (state === 'not-served') return [toCondition('not_served')];
    // A problem that was reported lasts until the next run has ended.
    const both = [toCondition('deploy_failed'), toCondition('not_served')];
    return both.filter(({ key }) => reported.has(key));
  });
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
  return [...deployments, ...keys];
}

/** Names the failure of the first troubled host, and how many more there are. */
async function problemItem(stores: Stores, deployment: DeploymentRecord): Promise<MessageItem> {
  const { id, projectId, name } = deployment;
  const [project, certificate] = await Promise.all([
    stores.projects.get(projectId),
    stores.certificates.facts(projectId),
  ]);
  const targets = await stores.deployments.targets([id]);
  const runs = await stores.deploymentRuns.byIds(targets.flatMap(({ runId }) => runId ?? []));
  const failed = runs.filter(({ error, state }) => error !== null && state !== 'cancelled');
  const more =
    failed.length > 1 ? ` ${failed.length - 1} more of ${targets.length} hosts have a problem.` : '';
  const held = runs.filter(({ state }) => state === 'pending').length;
  const waiting = held === 0 ? '' : ` ${held} ${held === 1 ? 'host waits' : 'hosts wait'} for it.`;
  const cause = `${name}: ${failed[0]?.error?.error ?? 'The deployment failed'}.${more}${waiting}`.replace(
    /\.\.+/g,
    '.',
  );
  const domain = project?.domain ?? project?.name ?? null;
  return { projectId, domain, cause, expiresAt: certificate?.expiresAt ?? null, page: `/deployments/${id}` };
}

/**
 * The message about the end of a condition of a deployment or host.
 * @returns undefined if the key is of another condition; null if nothing is to be reported, because it was deleted
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
  if (!key.startsWith(DEPLOYMENT)) return undefined;
  const [id = ''] = key.slice(DEPLOYMENT.length).split(':');
  const deployment = await stores.deployments.get(id);
  if (deployment === null || deployment.state !== 'deployed') return null; // another problem, paused, or at work
  const { projectId, name } = deployment;
  const project = await stores.projects.get(projectId);
  const domain = project?.domain ?? project?.name ?? null;
  return { projectId, domain, cause: `${name}: deployed.`, expiresAt: null, page: `/deployments/${id}` };
}
