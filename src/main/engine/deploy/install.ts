// Replaces the prepared files of all runs on a host, reloads once for runs with the same command, and checks what is
// served. A run that fails does not stop the others.
import { CertdeskError } from '../core/errors.ts';
import { mergeEnvironments } from './environment.ts';
import { describeExit, tail } from './kinds/command.ts';
import { count, type Prepared } from './kinds/files.ts';
import { restartAdvice } from './recipes/index.ts';
import type { Step, StepResult, SwapResult } from './transport.ts';
import { type Verdict, verifyServed } from './verify.ts';
import type { Loaded, Visit, WalkDeps } from './walk.ts';

/** @returns the runs whose files are in place and loaded */
export async function installAll(visit: Visit, prepared: readonly Prepared[]): Promise<readonly Prepared[]> {
  const groups = Map.groupBy(prepared, ({ reload }) => JSON.stringify(reload?.command ?? null));
  const installed: Prepared[] = [];
  for (const group of groups.values()) {
    const swapped = await swapAll(visit, group);
    installed.push(...(await reloadOnce(visit, swapped)));
  }
  return installed;
}

export interface Swapped {
  readonly prepared: Prepared;
  readonly result: SwapResult;
}

async function swapAll(visit: Visit, group: readonly Prepared[]): Promise<readonly Swapped[]> {
  const isShared = group.filter(({ settled }) => settled === null).length > 1;
  const swapped: Swapped[] = [];
  for (const prepared of group) {
    await isolated(visit, prepared, async () => {
      const result = prepared.settled ?? (await swap(visit, prepared, isShared));
      if (result.state === 'swapped') swapped.push({ prepared, result });
      else await endFailed(visit, prepared, result);
    });
  }
  return swapped;
}

async function swap(
  { transport, signal }: Visit,
  { run, validate, reload }: Prepared,
  isShared: boolean,
): Promise<SwapResult> {
  const { files } = run.deployment;
  await run.begin('swap', `Replace ${count(files.length, 'file')}`, { unsettled: true });
  const later = isShared && reload !== null ? ('later' as const) : reload;
  return transport.swap({ runId: run.attemptId, validate, reload: later }, signal);
}

/** One reload for all runs of the group that owe one. */
export async function reloadOnce(visit: Visit, swapped: readonly Swapped[]): Promise<readonly Prepared[]> {
  const owing = swapped.filter(({ result, prepared }) => result.reloadOwed && prepared.reload !== null);
  const done = swapped.filter((each) => !owing.includes(each));
  for (const { prepared, result } of done) await noteInstalled(prepared, result.steps);
  const [first] = owing;
  const installed = done.map(({ prepared }) => prepared);
  if (first === undefined || first.prepared.reload === null) return installed;
  const environments = owing.map(({ prepared }) => prepared.reload?.environment ?? {});
  const reload: Step = { ...first.prepared.reload, environment: mergeEnvironments(environments) };
  const runIds = owing.map(({ prepared }) => prepared.run.attemptId);
  try {
    const results = await visit.transport.reload({ runIds, reload }, visit.signal);
    for (const { prepared } of owing) {
      const result = results.find(({ runId }) => runId === prepared.run.attemptId);
      await isolated(visit, prepared, async () => {
        if (result === undefined) throw new Error('the host reported no result of the reload');
        if (result.state !== 'swapped') return endFailed(visit, prepared, result);
        await noteInstalled(prepared, result.steps);
        installed.push(prepared);
      });
    }
  } catch (error) {
    for (const { prepared } of owing)
      await isolated(visit, prepared, () => {
        throw error;
      });
  }
  return installed;
}

async function noteInstalled({ run }: Prepared, steps: readonly StepResult[]): Promise<void> {
  const reloaded = steps.some(({ step }) => step === 'reload');
  const message = `Files replaced${reloaded ? ', service reloaded' : ''}`;
  // It stays unsettled until its end: after a kill, the check with its rollback is still to be done.
  await run.done(message, { output: outputOf(steps), patch: { reloadOwed: false } });
}

/** The host has put the previous files back, or could not. */
async function endFailed({ host }: Visit, { run }: Prepared, result: SwapResult): Promise<void> {
  const { state, steps, error } = result;
  // What an earlier attempt owes stays owed until a reload succeeds: this one may have failed before its own.
  const reloaded = steps.some(({ step, exitCode }) => step !== 'validate' && exitCode === 0);
  const reloadOwed = result.reloadOwed || (run.record.reloadOwed && !reloaded);
  await run.patch({ unsettled: false, reloadOwed });
  if (state === 'rollback-failed') {
    const reason = error ?? 'a file is neither certain to be old nor new';
    const message = `${host.name}: the previous files could not all be put back (${reason})`;
    const details = { host: host.name, reason };
    return run.finish('failed', { error: new CertdeskError('DEPLOYMENT_ROLLBACK_FAILED', message, details) });
  }
  const failed = steps.find(({ exitCode }) => exitCode !== 0);
  const again = steps.find(({ step }) => step === 'reload-after-rollback');
  const what = failed?.step === 'validate' ? 'the check of the configuration' : 'the reload';
  const why =
    failed === undefined
      ? (error ?? 'the files could not be replaced')
      : `${what} ${failed.timedOut ? 'did not end in time' : describeExit(failed.exitCode)}${tail(failed.output)}`;
  const after =
    again !== undefined && again.exitCode !== 0 ? ' The service could not be reloaded with them.' : '';
  await run.finish('rolled-back', {
    error: new CertdeskError(
      'DEPLOYMENT_COMMAND_FAILED',
      `${host.name}: ${why.replace(/\.$/, '')}. The previous files are in place again.${after}`,
      {
        host: host.name,
        step: failed?.step ?? 'swap',
        exitCode: failed?.exitCode ?? null,
        output: outputOf(steps),
      },
    ),
  });
}

const outputOf = (steps: readonly StepResult[]): string =>
  steps
    .map(({ output }) => output.trimEnd())
    .filter((text) => text !== '')
    .join('\n');

/** Checks one installed run. @param quick Looks once: nothing was changed. */
export async function verifyRun(
  deps: WalkDeps,
  visit: Visit,
  loaded: Loaded & { readonly reload?: Step | null },
  quick = false,
): Promise<void> {
  const { run, version } = loaded;
  const { host, signal } = visit;
  const { verify } = run.deployment;
  const good = quick ? 'unchanged' : 'deployed';
  if (verify === null) return run.finish(good, { message: 'Done' });
  const seconds = quick ? 0 : verify.graceSeconds;
  await run.begin('verify', `Connect to port ${verify.port} (${verify.protocol})`);
  const before = run.record.seenBefore;
  const verdict = await verifyServed(
    deps,
    { host, verify, version, tunnel: visit.transport.tunnel },
    { before: quick ? null : before, graceSeconds: seconds },
    signal,
  );
  await conclude(visit, loaded, {
    verdict,
    good,
    port: verify.port,
    rollback: verify.onWorse === 'rollback',
  });
}

async function conclude(
  visit: Visit,
  { run, reload = null }: Loaded & { readonly reload?: Step | null },
  of: {
    readonly verdict: Verdict;
    readonly good: 'unchanged' | 'deployed';
    readonly port: number;
    readonly rollback: boolean;
  },
): Promise<void> {
  const { verdict, good, port, rollback } = of;
  const { name } = visit.host;
  if (verdict.state === 'verified')
    return run.finish(good === 'unchanged' && !wasReported(run.record.error) ? 'unchanged' : 'verified', {
      message: 'The service presents the certificate with its chain',
    });
  const { reason } = verdict;
  if (verdict.state === 'unknown')
    return run.finish(good, { message: `The service could not be checked. ${reason}` });
  const details = { host: name, port, reason };
  if (verdict.state === 'not-served') {
    const message = `${name}, port ${port}: the new certificate is installed but not served. ${reason} ${restartAdvice(run.deployment.recipe, name)}`;
    return run.finish('not-served', { error: new CertdeskError('DEPLOYMENT_NOT_SERVED', message, details) });
  }
  const text = `${name}, port ${port}: after the reload the service works worse than before. ${reason}`;
  if (!rollback) {
    const message = `${text} The new files stay, as the deployment demands`;
    return run.finish('not-served', { error: new CertdeskError('DEPLOYMENT_WORSE', message, details) });
  }
  await run.done(reason);
  await run.begin('roll-back', 'Put back the previous files', { unsettled: true });
  const result = await visit.transport.rollBack({ runId: run.attemptId, reload }, visit.signal);
  await run.patch({ unsettled: false, reloadOwed: result.reloadOwed });
  if (result.state === 'rollback-failed') {
    const message = `${text} The previous files could not all be put back (${result.error ?? ''})`;
    const error = new CertdeskError('DEPLOYMENT_ROLLBACK_FAILED', message, { host: name, reason });
    return run.finish('failed', { error });
  }
  const error = new CertdeskError(
    'DEPLOYMENT_WORSE',
    `${text} The previous files are in place again`,
    details,
  );
  await run.finish('rolled-back', { error });
}

/** Whether the run had a problem before, so that its end is news. */
const wasReported = (error: object | null): boolean => error !== null;

/** Runs one step of one run; a failure ends that run only. @throws the reason of the signal */
export async function isolated(
  { signal }: Pick<Visit, 'signal'>,
  { run }: Pick<Loaded, 'run'>,
  work: () => Promise<void> | void,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    signal.throwIfAborted();
    if (!run.ended) await run.fail(error);
  }
}
