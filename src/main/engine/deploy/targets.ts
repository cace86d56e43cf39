// Keeps the hosts of deployments, and the paths that they claim there. A path on a host belongs to one deployment, also
// when tags change.
import { hasKey } from '../../../shared/deployment.ts';
import type { TagPreview } from '../../../shared/host.ts';
import type { Timestamp } from '../../../shared/time.ts';
import { CertdeskError } from '../core/errors.ts';
import type { DeploymentRecord, HostRecord } from '../core/model-deploy.ts';
import type { Stores } from '../core/stores.ts';
import { cancelRuns, insertRuns } from './schedule.ts';
import { refreshState } from './state.ts';
import { type UsingDeployment, withProjects } from './users.ts';

/** The hosts that a deployment selects, by name. */
export async function selectedHosts(
  { hosts }: Stores,
  { hosts: selection }: Pick<DeploymentRecord, 'hosts'>,
): Promise<readonly HostRecord[]> {
  if ('none' in selection) return [];
  if ('tag' in selection) return hosts.withTag(selection.tag);
  const found = await Promise.all(selection.ids.map((id) => hosts.get(id)));
  return found.filter((host) => host !== null).toSorted((a, b) => a.name.localeCompare(b.name));
}

/**
 * Brings targets and claims in line with the selected hosts and the files.
 * @returns the ids of hosts that were added
 * @throws PATH_CLAIMED
 */
export async function syncTargets(
  tx: Stores,
  deployment: DeploymentRecord,
  now: Timestamp,
): Promise<readonly string[]> {
  const { id: deploymentId } = deployment;
  if ('none' in deployment.hosts) {
    await tx.deployments.addTarget({ deploymentId, hostId: deploymentId, runId: null });
    return [];
  }
  const wanted = await selectedHosts(tx, deployment);
  const before = (await tx.deployments.targets([deploymentId])).map(({ hostId }) => hostId);
  for (const hostId of before) {
    if (wanted.some(({ id }) => id === hostId)) continue;
    await cancelRuns(tx, { deploymentId, hostId }, now);
    await tx.deployments.removeTarget({ deploymentId, hostId });
  }
  for (const host of wanted) {
    await tx.deployments.releaseClaims(deploymentId, host.id);
    for (const { path } of deployment.files) await claimPath(tx, { deployment, host, path });
    await tx.deployments.addTarget({ deploymentId, hostId: host.id, runId: null });
  }
  return wanted.map(({ id }) => id).filter((id) => !before.includes(id));
}

/** @throws PATH_CLAIMED */
export async function claimPath(
  tx: Stores,
  of: { readonly deployment: DeploymentRecord; readonly host: HostRecord; readonly path: string },
): Promise<void> {
  const { deployment, host, path } = of;
  const other = await tx.deployments.claim({ hostId: host.id, path, deploymentId: deployment.id });
  if (other !== null) throw await pathClaimed(tx, { host, path, other });
}

/**
 * Checks what `claimPath` will, and claims nothing.
 * @param of.id Of the deployment; null if it is new.
 * @throws PATH_CLAIMED
 */
export async function assertUnclaimed(
  stores: Stores,
  of: { readonly id: string | null } & Pick<DeploymentRecord, 'hosts' | 'files'>,
): Promise<void> {
  for (const host of await selectedHosts(stores, of)) {
    const claims = await stores.deployments.claimsOn(host.id);
    const taken = claims.find(
      ({ path, deploymentId }) => deploymentId !== of.id && of.files.some((file) => file.path === path),
    );
    if (taken !== undefined)
      throw await pathClaimed(stores, { host, path: taken.path, other: taken.deploymentId });
  }
}

/** The error of a path that another deployment claims. */
export async function pathClaimed(
  tx: Stores,
  { host, path, other }: { readonly host: HostRecord; readonly path: string; readonly other: string },
): Promise<CertdeskError> {
  const owner = await tx.deployments.get(other);
  const project = owner && (await tx.projects.get(owner.projectId));
  const whose =
    project === null || owner === null ? '' : ` (${owner.name} of ${project.domain ?? project.name})`;
  return new CertdeskError(
    'PATH_CLAIMED',
    `Another deployment${whose} writes ${path} on ${host.name}. Use another path, or change that deployment`,
    { host: host.name, path, deploymentId: other },
  );
}

/** Adds a host to the deployments of its tags and removes it from those of former ones. @throws PATH_CLAIMED */
export async function syncHost(
  tx: Stores,
  host: HostRecord,
  { before, now }: { readonly before: readonly string[]; readonly now: Timestamp },
): Promise<void> {
  const tags = [...new Set([...before, ...host.tags])];
  for (const deployment of await tx.deployments.ofTags(tags)) {
    const added = await syncTargets(tx, deployment, now);
    const version = await tx.certificates.active(deployment.projectId);
    if (added.length > 0 && deployment.enabled && version !== null)
      await insertRuns(tx, deployment, { version, trigger: 'changed', hostIds: added, now });
    await refreshState(tx, deployment.id, now);
  }
}

/** @returns the deployments that name the host; from those of its tags it is removed */
export async function releaseHost(
  tx: Stores,
  host: HostRecord,
  now: Timestamp,
): Promise<readonly UsingDeployment[]> {
  const naming: DeploymentRecord[] = [];
  for (const { deploymentId } of await tx.deployments.targetsOnHost(host.id)) {
    const deployment = await tx.deployments.get(deploymentId);
    if (deployment === null) continue;
    if ('ids' in deployment.hosts) {
      naming.push(deployment);
      continue;
    }
    await cancelRuns(tx, { deploymentId, hostId: host.id }, now);
    await tx.deployments.removeTarget({ deploymentId, hostId: host.id });
    await refreshState(tx, deploymentId, now);
  }
  return withProjects(tx, naming);
}

/** Lists what a host would receive in addition with these tags. */
export async function previewTags(
  stores: Stores,
  host: HostRecord,
  tags: readonly string[],
): Promise<TagPreview> {
  const added = tags.filter((tag) => !host.tags.includes(tag));
  const deployments = await stores.deployments.ofTags(added);
  return {
    deployments: await Promise.all(
      deployments.map(async ({ id, name, projectId, files }) => {
        const project = await stores.projects.get(projectId);
        const keys = files.filter(({ content }) => hasKey(content)).map(({ path }) => path);
        return { id, name, projectId, projectName: project?.name ?? '', keys };
      }),
    ),
  };
}
