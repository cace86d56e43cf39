// Finishes or puts back what earlier runs left on a host, records what became of them, and makes up for the reloads that
// they owe: newer runs have replaced them, or none will follow.
import { toTimestamp } from '../../../shared/time.ts';
import type { DeploymentRunRecord } from '../core/model-deploy.ts';
import { type ActiveRun, createActiveRun } from './active-run.ts';
import { reloadOnce, type Swapped } from './install.ts';
import { type Prepared, settle, stepsOf } from './kinds/files.ts';
import { refreshState } from './state.ts';
import { INSTALLED, load, type Visit, type WalkDeps } from './walk.ts';

/** A run whose previous files are in place, and whose service has not loaded them. */
export type Owing = Pick<Prepared, 'run' | 'reload'>;

/** @returns the runs that still owe a reload (`reloadOwing`) */
export async function settleOthers(
  deps: WalkDeps,
  visit: Visit,
  runs: readonly ActiveRun[],
): Promise<readonly Owing[]> {
  const { host, signal } = visit;
  const swapped: Swapped[] = [];
  const owing: Owing[] = [];
  for (const record of await deps.stores.deploymentRuns.unsettled(host.id)) {
    if (runs.some((run) => run.record.id === record.id)) continue;
    const deployment = await deps.stores.deployments.get(record.deploymentId);
    // Of a paused deployment nothing is touched: a restored database may be older than the host.
    if (deployment === null || !deployment.enabled) continue;
    const run = createActiveRun(deps, record, { deployment, host });
    try {
      const loaded = await load(deps, run);
      const prepared = { ...loaded, ...stepsOf(loaded) };
      const result = await settle(visit, prepared);
      const owes = prepared.reload !== null && (result?.reloadOwed ?? false);
      if (result?.state === 'swapped' && owes)
        swapped.push({ prepared: { ...prepared, settled: result }, result });
      else if (prepared.reload !== null && result?.state !== 'swapped' && (owes || record.reloadOwed)) {
        await note(deps, run, result?.state ?? null, true);
        owing.push(prepared);
      } else await note(deps, run, result?.state ?? null, false);
    } catch (error) {
      signal.throwIfAborted();
      deps.log.warn({ err: error, runId: record.id }, 'An earlier deployment run could not be settled yet');
    }
  }
  const groups = Map.groupBy(swapped, ({ prepared }) => JSON.stringify(prepared.reload?.command));
  for (const group of groups.values())
    for (const { run } of await reloadOnce(visit, group)) await note(deps, run, 'swapped', false);
  return owing;
}

/** Reloads the services of rolled-back runs, unless a run of this visit has reloaded theirs. */
export async function reloadOwing(
  deps: WalkDeps,
  visit: Visit,
  { owing, runs }: { readonly owing: readonly Owing[]; readonly runs: readonly ActiveRun[] },
): Promise<void> {
  const { transport, signal } = visit;
  const installed = runs.filter(
    ({ record }) => INSTALLED.includes(record.state) && record.state !== 'unchanged',
  );
  const left: Owing[] = [];
  for (const each of owing) {
    const isReloaded = installed.some(({ deployment }) => deployment.id === each.run.deployment.id);
    if (isReloaded) await each.run.patch({ unsettled: false, reloadOwed: false });
    else left.push(each);
  }
  const groups = Map.groupBy(left, ({ reload }) => JSON.stringify(reload?.command));
  for (const group of groups.values()) {
    const { reload } = group[0] ?? {};
    if (reload === null || reload === undefined) continue;
    const { command, timeoutSeconds, environment = {} } = reload;
    const options = { environment, timeoutMs: timeoutSeconds * 1_000, privileged: true };
    const { exitCode, output } = await transport.run(command, options, signal);
    if (exitCode !== 0) deps.log.warn({ exitCode, output }, 'An owed reload failed. It is attempted again');
    else for (const { run } of group) await run.patch({ unsettled: false, reloadOwed: false });
  }
}

/** What the host says is in place becomes the state of a run whose result was unknown. */
async function note(
  { journal, clock }: Pick<WalkDeps, 'journal' | 'clock'>,
  run: ActiveRun,
  found: 'swapped' | 'rolled-back' | 'rollback-failed' | null,
  reloadOwed: boolean,
): Promise<void> {
  const { state } = run.record;
  const unknown = state === 'failed' || state === 'cancelled';
  const known: Partial<Pick<DeploymentRunRecord, 'state'>> =
    unknown && found === 'swapped'
      ? { state: 'deployed' }
      : unknown && found === 'rolled-back'
        ? { state: 'rolled-back' }
        : {};
  await run.patch({ ...known, unsettled: reloadOwed, reloadOwed });
  if (known.state !== undefined)
    await journal.write((tx) => refreshState(tx, run.deployment.id, toTimestamp(clock.now())));
}
