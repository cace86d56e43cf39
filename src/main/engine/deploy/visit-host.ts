// Connects to a host and does everything that is due there: the runs of all deployments, and the deletion of previous
// files whose key has leaked.
import { toTimestamp } from '../../../shared/time.ts';
import { toCertdeskError } from '../core/errors.ts';
import type { DeploymentRecord, DeploymentRunRecord, HostRecord } from '../core/model-deploy.ts';
import { type ActiveRun, createActiveRun } from './active-run.ts';
import { toConnectable } from './connectable.ts';
import { installAll, isolated, verifyRun } from './install.ts';
import { runCommandKind } from './kinds/command.ts';
import { type Prepared, prepareFiles } from './kinds/files.ts';
import { noteContact } from './note-contact.ts';
import { reloadOwing, settleOthers } from './settle-others.ts';
import { startOf } from './start-of-run.ts';
import { refreshState } from './state.ts';
import { type Loaded, load, type Visit, type WalkDeps } from './walk.ts';

/**
 * Never rejects, unless `signal` aborts or the database fails. Runs that an abort interrupts stay `running`, and the next
 * start resumes them.
 * @param of.runIds The runs that may begin.
 */
export async function visitHost(
  deps: WalkDeps,
  { hostId, runIds }: { readonly hostId: string; readonly runIds: ReadonlySet<string> },
  signal: AbortSignal,
): Promise<void> {
  const host = await deps.stores.hosts.get(hostId);
  const runs = await beginRuns(deps, { hostId, runIds }, host);
  const forget = (await deps.stores.deployments.generationsToForget(toTimestamp(deps.clock.now()))).filter(
    (target) => target.hostId === hostId,
  );
  const unsettled = await deps.stores.deploymentRuns.unsettled(hostId);
  if (host === null || runs.length + forget.length + unsettled.length === 0) return;
  let visit: Visit;
  try {
    const transport = await deps.connect(await toConnectable(deps, host), signal);
    visit = { host, transport, signal };
  } catch (error) {
    signal.throwIfAborted();
    const failure = toCertdeskError(error);
    await noteContact(deps, host, failure);
    for (const run of runs) await run.fail(failure);
    for (const target of forget) await deferForget(deps, target);
    return;
  }
  try {
    await noteContact(deps, host, null);
    for (const run of runs) await run.done(`Connected to ${host.name}`);
    const owing = await settleOthers(deps, visit, runs);
    await walkRuns(deps, visit, runs);
    await reloadOwing(deps, visit, { owing, runs });
    for (const target of forget) await forgetGenerations(deps, visit, target);
  } finally {
    visit.transport.close();
  }
}

/** Marks the due runs as running, in one transaction with their first step. */
export async function beginRuns(
  deps: WalkDeps,
  { hostId, runIds }: { readonly hostId: string; readonly runIds: ReadonlySet<string> },
  host: Pick<HostRecord, 'name'> | null,
): Promise<readonly ActiveRun[]> {
  const { stores, clock } = deps;
  const at = toTimestamp(clock.now());
  const due = (await stores.deploymentRuns.due(at, hostId)).filter(({ id }) => runIds.has(id));
  const active: ActiveRun[] = [];
  for (const given of due) {
    const deployment = await stores.deployments.get(given.deploymentId);
    const attempts = given.unsettled ? given.attempts : given.attempts + 1;
    const steps = given.unsettled ? given.steps : [];
    const started: DeploymentRunRecord = {
      ...given,
      state: 'running',
      attempts,
      steps,
      startedAt: given.startedAt ?? at,
      finishedAt: null,
      nextAttemptAt: null,
    };
    if (deployment === null || host === null || !deployment.enabled) {
      await stores.transaction((tx) =>
        tx.deploymentRuns.update(given.id, { state: 'cancelled', finishedAt: at, nextAttemptAt: null }),
      );
      continue;
    }
    if (await waitsForWindow(deps, given, deployment)) continue;
    const run = createActiveRun(deps, started, { deployment, host });
    const { state, startedAt, finishedAt, nextAttemptAt } = started;
    const patch = { state, attempts, startedAt, finishedAt, nextAttemptAt };
    await run.begin('connect', `Connect to ${host.name}`, patch);
    active.push(run);
  }
  return active;
}

/** Whether the window has closed before the run began, or is closed for another attempt; the run then waits for the next. */
async function waitsForWindow(
  { stores, clock }: WalkDeps,
  run: DeploymentRunRecord,
  { window }: DeploymentRecord,
): Promise<boolean> {
  if (run.unsettled) return false; // its files are half replaced, or the host has not reported
  const now = toTimestamp(clock.now());
  const start = await startOf(stores, window, run, now);
  if (start <= now) return false;
  await stores.transaction(async (tx) => {
    const state = run.state === 'pending' ? ('waiting-for-window' as const) : run.state;
    await tx.deploymentRuns.update(run.id, { state, nextAttemptAt: start });
    await refreshState(tx, run.deploymentId, now);
  });
  return true;
}

async function walkRuns(deps: WalkDeps, visit: Visit, runs: readonly ActiveRun[]): Promise<void> {
  const prepared: Prepared[] = [];
  const inPlace: Loaded[] = [];
  const commanded: Loaded[] = [];
  for (const run of runs) {
    await isolated(visit, { run }, async () => {
      const loaded = await load(deps, run);
      if (run.deployment.kind === 'command') {
        const ran = await runCommandKind(deps, visit, loaded);
        (ran ? commanded : inPlace).push(loaded);
        return;
      }
      const result = await prepareFiles(deps, visit, loaded);
      if (result === 'in-place') inPlace.push(loaded);
      else prepared.push(result);
    });
  }
  const installed = await installAll(visit, prepared);
  // Checks wait for seconds, so they run in parallel.
  await Promise.all([
    ...[...installed, ...commanded].map((each) => isolated(visit, each, () => verifyRun(deps, visit, each))),
    ...inPlace.map((each) => isolated(visit, each, () => verifyRun(deps, visit, each, true))),
  ]);
}

type Target = { readonly deploymentId: string; readonly hostId: string };
const FORGET_AGAIN_MS = 30 * 60_000;

async function forgetGenerations(deps: WalkDeps, visit: Visit, target: Target): Promise<void> {
  try {
    await visit.transport.deleteGenerations(target.deploymentId, visit.signal);
    await deps.stores.transaction((tx) => tx.deployments.setForgetAt(target, null));
  } catch (error) {
    visit.signal.throwIfAborted();
    deps.log.warn({ err: error, ...target }, 'Previous files of a leaked key could not be deleted yet');
    await deferForget(deps, target);
  }
}

async function deferForget({ stores, clock }: WalkDeps, target: Target): Promise<void> {
  const at = toTimestamp(new Date(clock.now().getTime() + FORGET_AGAIN_MS));
  await stores.transaction((tx) => tx.deployments.setForgetAt(target, at));
}
