// The order of a rollout: which runs of a certificate may begin, and what the others wait for.
import type { RunState } from '../../../shared/deployment-run.ts';
import type { Rollout } from '../../../shared/rollout.ts';
import { invalid } from '../core/invalid.ts';
import type { DeploymentRecord, DeploymentRunRecord } from '../core/model-deploy.ts';
import type { Stores } from '../core/stores.ts';
import { hostOfRun } from './target-name.ts';

type Run = Pick<DeploymentRunRecord, 'id' | 'state' | 'versionId' | 'error' | 'attempts'>;

/** A host of a deployment with its last run. */
export interface Member {
  readonly host: string;
  /** Index in the groups of the rollout; their number for a host in none. */
  readonly group: number;
  readonly run: Run;
}

export interface RolloutState {
  readonly rollout: Rollout;
  /** In the order of the rollout. */
  readonly members: readonly Member[];
  /** The deployment that comes before this one; null if there is none. */
  readonly previous: { readonly name: string; readonly members: readonly Member[] } | null;
}

const GOOD: readonly RunState[] = ['deployed', 'verified', 'unchanged'];
const BAD: readonly RunState[] = ['failed', 'rolled-back', 'not-served'];
const isGood = ({ run }: Member): boolean => GOOD.includes(run.state);
const isBad = ({ run }: Member): boolean => BAD.includes(run.state);
/** Whether something went wrong on the host. One that cannot be reached says nothing about the others. */
const hasFailed = (member: Member): boolean =>
  isBad(member) && member.run.error?.code.startsWith('HOST_') !== true;
const failure = (member: Member): string => (isBad(member) ? ', which failed' : '');

/**
 * What a run waits for, as the end of a sentence: `waits for web1, the canary`. Pure.
 * @param starting The ids of runs that are about to begin.
 * @returns null if it may begin. A run that has begun before may always.
 */
export function reasonToWait(
  { rollout, members: all, previous }: RolloutState,
  run: Run,
  starting: ReadonlySet<string> = new Set(),
): string | null {
  if (run.attempts > 0) return null;
  const isPart = (member: Member) =>
    member.run.versionId === run.versionId && member.run.state !== 'cancelled';
  const before = previous?.members.find((member) => isPart(member) && !isGood(member));
  if (before !== undefined) return `waits for ${before.host} of ${previous?.name}${failure(before)}`;
  const members = all.filter(isPart);
  const own = members.find((member) => member.run.id === run.id);
  if (own === undefined) return null;
  const others = members.filter((member) => member !== own);
  const isOpen = (member: Member) => !isGood(member) && (rollout.stopOnFailure || !isBad(member));
  const [canary] = members;
  if (rollout.strategy === 'canary' && canary !== undefined && canary !== own && isOpen(canary))
    return `waits for ${canary.host}, the canary${failure(canary)}`;
  const earlier = others.find((member) => member.group < own.group && isOpen(member));
  if (earlier !== undefined)
    return `waits for ${earlier.host} of the group ${rollout.groups[earlier.group]}${failure(earlier)}`;
  const failed = rollout.stopOnFailure ? others.find(hasFailed) : undefined;
  if (failed !== undefined) return `stopped, because ${failed.host} failed`;
  const atWork = others.filter((member) => member.run.state === 'running' || starting.has(member.run.id));
  return atWork.length >= rollout.concurrency
    ? `waits for its turn (${rollout.concurrency} at a time)`
    : null;
}

/** @returns null for one host without a deployment before it: nothing can hold it up */
export async function readRollout(
  stores: Stores,
  deployment: DeploymentRecord,
): Promise<RolloutState | null> {
  const { rollout, after } = deployment;
  const before = after === null ? null : await stores.deployments.get(after);
  const targets = await stores.deployments.targets([deployment.id]);
  const holds = before?.enabled === true;
  if (targets.length < 2 && !holds) return null;
  return {
    rollout,
    members: await readMembers(stores, deployment),
    previous: holds ? { name: before.name, members: await readMembers(stores, before) } : null,
  };
}

async function readMembers(
  stores: Stores,
  { id, hosts: selection, rollout }: DeploymentRecord,
): Promise<readonly Member[]> {
  const targets = await stores.deployments.targets([id]);
  const runs = await stores.deploymentRuns.byIds(targets.flatMap(({ runId }) => runId ?? []));
  const members = runs.map(async (run) => {
    const host = await hostOfRun(stores, run);
    const tags = host?.tags ?? [];
    const found = rollout.groups.findIndex((tag) => tags.includes(tag));
    const position = 'ids' in selection ? selection.ids.indexOf(run.hostId) : 0;
    return {
      host: host?.name ?? run.hostId,
      group: found < 0 ? rollout.groups.length : found,
      position,
      run,
    };
  });
  return (await Promise.all(members)).toSorted(
    (a, b) => a.group - b.group || a.position - b.position || a.host.localeCompare(b.host),
  );
}

/** @throws INVALID_REQUEST if the deployment before is of another project, or comes after this one itself */
export async function checkOrder(
  { deployments }: Stores,
  { id, projectId, after }: Pick<DeploymentRecord, 'projectId' | 'after'> & { readonly id: string | null },
): Promise<void> {
  const seen = new Set<string>();
  for (let next = after; next !== null && !seen.has(next); ) {
    seen.add(next);
    if (next === id) throw invalid('after', 'names a deployment that itself waits for this one');
    const before = await deployments.get(next);
    if (before === null || before.projectId !== projectId)
      throw invalid('after', `deployment ${next} is not one of this project`);
    next = before.after;
  }
}
