// What has become of a certificate on all targets of all deployments of its project: one message and one entry of the
// overview speak for all of them.
import type { RunState } from '../../../shared/deployment-run.ts';
import type { ErrorBody } from '../../../shared/errors.ts';
import type { DeploymentRecord, DeploymentRunRecord } from '../core/model-deploy.ts';
import type { Stores } from '../core/stores.ts';
import { readRollout, reasonToWait } from './rollout.ts';
import { hostOfRun } from './target-name.ts';

const FAILED: readonly RunState[] = ['failed', 'rolled-back'];
const GOOD: readonly RunState[] = ['deployed', 'verified', 'unchanged'];

export interface RolloutOutcome {
  /** The deployments that are not paused. */
  readonly deployments: readonly DeploymentRecord[];
  /** Hosts of these deployments. A host that two of them select counts twice. */
  readonly total: number;
  readonly failed: number;
  readonly notServed: number;
  /** Targets whose run has not begun. */
  readonly waiting: number;
  /** Targets that have the certificate. */
  readonly good: number;
  /** The failed run that began first, or else the first that is not served, with its deployment; null if there is none. */
  readonly first: { readonly run: DeploymentRunRecord; readonly deployment: DeploymentRecord } | null;
  /** The newest version that a run has failed with; null if none has failed. */
  readonly versionId: string | null;
  readonly runs: readonly DeploymentRunRecord[];
}

/** @returns null if the project has no deployment that is enabled */
export async function readOutcome(stores: Stores, projectId: string): Promise<RolloutOutcome | null> {
  const deployments = (await stores.deployments.ofProject(projectId)).filter(({ enabled }) => enabled);
  if (deployments.length === 0) return null;
  const targets = await stores.deployments.targets(deployments.map(({ id }) => id));
  const runs = await stores.deploymentRuns.byIds(targets.flatMap(({ runId }) => runId ?? []));
  const count = (states: readonly RunState[]) => runs.filter(({ state }) => states.includes(state)).length;
  const bad = runs
    .filter(isBad)
    .toSorted((a, b) => Number(hasFailed(b)) - Number(hasFailed(a)) || beganAt(a).localeCompare(beganAt(b)));
  const [run] = bad;
  const deployment = deployments.find(({ id }) => id === run?.deploymentId);
  const newest = bad.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt)).at(-1);
  return {
    deployments,
    total: targets.length,
    failed: count(FAILED),
    notServed: count(['not-served']),
    waiting: count(['pending', 'waiting-for-window']),
    good: count(GOOD),
    first: run === undefined || deployment === undefined ? null : { run, deployment },
    versionId: newest?.versionId ?? null,
    runs,
  };
}

const hasFailed = ({ state }: DeploymentRunRecord): boolean => FAILED.includes(state);
const isBad = (run: DeploymentRunRecord): boolean => hasFailed(run) || run.state === 'not-served';
const beganAt = ({ startedAt, createdAt }: DeploymentRunRecord): string => startedAt ?? createdAt;

/** Whether further targets will have a result without a person's help: a run is in progress or may begin. */
export async function isRollingOut(stores: Stores, { deployments, runs }: RolloutOutcome): Promise<boolean> {
  if (runs.some(({ state }) => state === 'running')) return true;
  for (const deployment of deployments) {
    const pending = runs.filter((run) => run.state === 'pending' && run.deploymentId === deployment.id);
    if (pending.length === 0) continue;
    const rollout = await readRollout(stores, deployment);
    if (rollout === null || pending.some((run) => reasonToWait(rollout, run) === null)) return true;
  }
  return false;
}

/**
 * `2 of 50 targets failed, first web-1 (nginx): nginx -t failed. 48 have not started.` For a single target:
 * `nginx: nginx -t failed.`
 * @param limit What the reader may see of an error that quotes a host.
 */
export async function problemSentence(
  stores: Stores,
  outcome: RolloutOutcome,
  limit: (error: ErrorBody) => ErrorBody = (error) => error,
): Promise<string> {
  const { first, total, failed, notServed, waiting } = outcome;
  const error = first?.run.error == null ? 'The deployment failed' : limit(first.run.error).error;
  const name = first?.deployment.name ?? 'Deployment';
  if (total < 2) return `${name}: ${endSentence(error)}`;
  const counts = [
    ...(failed === 0 ? [] : ['failed']),
    ...(notServed === 0 ? [] : [notServed === 1 ? 'does not serve it' : 'do not serve it']),
  ];
  const numbers = [failed, notServed].filter((each) => each > 0);
  const [one = 0, other] = numbers;
  const of = `${one} of ${total} targets ${counts[0] ?? 'failed'}${other === undefined ? '' : ` and ${other} ${counts[1]}`}`;
  const host = first === null ? null : await hostOfRun(stores, first.run);
  const where = host === null ? name : `${host.name} (${name})`;
  const rest = waiting === 0 ? '' : ` ${waiting} ${waiting === 1 ? 'has' : 'have'} not started.`;
  return `${of}, first ${where}: ${endSentence(error)}${rest}`;
}

/** `nginx: deployed.`, or `Deployed to all 50 targets.` */
export function successSentence({ deployments, total, good }: RolloutOutcome): string {
  if (total < 2) return `${deployments[0]?.name ?? 'Deployment'}: deployed.`;
  return good === total ? `Deployed to all ${total} targets.` : `Deployed to ${good} of ${total} targets.`;
}

const endSentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`);
