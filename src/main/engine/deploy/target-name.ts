// Names the target of a run: a host, or what takes its place in a deployment without one.
import { HOSTLESS_KINDS, isHostless } from '../../../shared/deployment-kinds.ts';
import type { DeploymentRecord, DeploymentRunRecord, HostRecord } from '../core/model-deploy.ts';
import type { Stores } from '../core/stores.ts';

/** What takes the place of a host's name; null for kinds with hosts. */
export const targetName = ({ kind }: Pick<DeploymentRecord, 'kind'>): string | null =>
  isHostless(kind) ? HOSTLESS_KINDS[kind] : null;

/** The host of a run, or what takes its place, which has no tags; null if it was removed. */
export async function hostOfRun(
  { hosts, deployments }: Pick<Stores, 'hosts' | 'deployments'>,
  { hostId, deploymentId }: Pick<DeploymentRunRecord, 'hostId' | 'deploymentId'>,
): Promise<Pick<HostRecord, 'id' | 'name' | 'tags'> | null> {
  if (hostId !== deploymentId) return hosts.get(hostId);
  const deployment = await deployments.get(deploymentId);
  const name = deployment === null ? null : targetName(deployment);
  return name === null ? null : { id: hostId, name, tags: [] };
}
