// A run in progress: every step is stored before it is taken, and its end together with the consequences.
import { RUN_STEPS, type RunState, type RunStep } from '../../../shared/deployment-run.ts';
import { toTimestamp } from '../../../shared/time.ts';
import type { Journal } from '../audit/journal.ts';
import { type CertdeskError, toCertdeskError } from '../core/errors.ts';
import type { DeploymentRecord, DeploymentRunRecord, HostRecord } from '../core/model-deploy.ts';
import type { Clock } from '../core/ports.ts';
import { nextAttemptAt } from './retry.ts';
import { refreshState } from './state.ts';

export interface ActiveRunDeps {
  readonly journal: Journal;
  readonly clock: Clock;
}

type RunPatch = Partial<
  Pick<
    DeploymentRunRecord,
    | 'state'
    | 'unsettled'
    | 'reloadOwed'
    | 'seenBefore'
    | 'attempts'
    | 'startedAt'
    | 'finishedAt'
    | 'nextAttemptAt'
  >
>;

export interface ActiveRun {
  /** As stored, besides the result of the last step. */
  readonly record: DeploymentRunRecord;
  readonly deployment: DeploymentRecord;
  /** What the host calls this attempt. */
  readonly attemptId: string;
  /** Whether the run has ended. */
  readonly ended: boolean;
  /** Stores that a step begins. @param patch What changes with it. */
  begin(step: RunStep, message: string, patch?: RunPatch): Promise<void>;
  /** Notes the result of the current step. It is stored with what the run stores next, or with the patch. */
  done(message: string, how?: { readonly output?: string; readonly patch?: RunPatch }): Promise<void>;
  patch(patch: RunPatch): Promise<void>;
  /** Ends the run. Failures are attempted again (retry.ts). */
  finish(state: RunState, how?: { readonly error?: CertdeskError; readonly message?: string }): Promise<void>;
  /** Ends the run with an error. */
  fail(error: unknown): Promise<void>;
}

export function createActiveRun(
  { journal, clock }: ActiveRunDeps,
  given: DeploymentRunRecord,
  { deployment, host }: { readonly deployment: DeploymentRecord; readonly host: Pick<HostRecord, 'name'> },
): ActiveRun {
  let record = given;
  let ended = false;
  const now = () => toTimestamp(clock.now());

  async function store(patch: Partial<DeploymentRunRecord>, message: string | null): Promise<void> {
    await journal.write(async (tx, emit) => {
      await tx.deploymentRuns.update(record.id, patch);
      const { deploymentId, projectId, id: runId, hostId } = record;
      const step = (patch.steps ?? record.steps).at(-1);
      const data = { deploymentId, runId, hostId, step: step?.step ?? null, state: step?.state ?? null };
      if (message !== null) await emit({ kind: 'deployment.step', projectId, message, data });
    });
    record = { ...record, ...patch };
  }

  /** The steps with a result for the last one. */
  function settled(state: 'done' | 'failed', message: string, output: string | null) {
    const last = record.steps.at(-1);
    if (last?.state !== 'running') return record.steps;
    return [...record.steps.slice(0, -1), { ...last, state, message, output }];
  }

  const finish: ActiveRun['finish'] = async (state, { error, message } = {}) => {
    const at = now();
    const failed = error !== undefined;
    const output = failed ? outputOf(error) : null;
    const steps = settled(failed ? 'failed' : 'done', error?.message ?? message ?? '', output);
    const { attempts, deploymentId, projectId, id: runId, hostId } = record;
    const patch = {
      state,
      steps,
      error: error?.toBody() ?? null,
      finishedAt: at,
      ...(SETTLED.includes(state) ? { unsettled: false } : {}),
      nextAttemptAt: nextAttemptAt(state, { code: error?.code ?? null, attempts, now: clock.now() }),
    };
    await journal.write(async (tx, emit) => {
      const current = await tx.deploymentRuns.get(record.id);
      const targets = await tx.deployments.targets([deploymentId]);
      const isLast = targets.some((target) => target.hostId === hostId && target.runId === runId);
      // After a newer run, a pause or the removal of the host there is no further attempt.
      const enabled = (await tx.deployments.get(deploymentId))?.enabled === true;
      const again = current !== null && isLast && enabled ? patch.nextAttemptAt : null;
      // No further attempt makes up for the reload: the next contact with the host does (settle-others.ts).
      const owes = again === null && record.reloadOwed ? { unsettled: true } : {};
      const stored = { ...patch, ...owes, nextAttemptAt: again };
      await tx.deploymentRuns.update(record.id, stored);
      record = { ...record, ...stored };
      await refreshState(tx, deploymentId, at);
      const text = `${deployment.name} on ${host.name}: ${error?.message ?? SENTENCES[state] ?? state}`;
      const data = { deploymentId, runId, hostId, state };
      const audit = { operation: 'deployments.run', result: error?.code ?? ('ok' as const) };
      await emit({
        kind: 'deployment.finished',
        projectId,
        message: text,
        data,
        ...(state === 'unchanged' ? {} : { audit }),
      });
    });
    ended = true;
  };

  return {
    get record() {
      return record;
    },
    get attemptId() {
      return `${record.id}-${record.attempts}`;
    },
    get ended() {
      return ended;
    },
    deployment,
    begin: (step, message, patch = {}) => {
      const steps = [...record.steps, { step, state: 'running' as const, at: now(), message, output: null }];
      return store({ ...patch, steps }, `${deployment.name} on ${host.name}: ${RUN_STEPS[step]}`);
    },
    async done(message, { output, patch } = {}) {
      const steps = settled('done', message, output ?? null);
      if (patch === undefined) record = { ...record, steps };
      else await store({ ...patch, steps }, null);
    },
    patch: (patch) => store({ ...patch, steps: record.steps }, null),
    finish,
    async fail(cause) {
      const error = toCertdeskError(cause);
      const isObsolete = OBSOLETE.includes(error.code);
      await finish(isObsolete ? 'cancelled' : 'failed', { error });
    },
  };
}

/** The host has reported what it did, and nothing of the run is left to do. */
const SETTLED: readonly RunState[] = ['deployed', 'verified', 'not-served', 'unchanged'];

/** The certificate must no longer be installed. */
const OBSOLETE: readonly string[] = ['CERTIFICATE_NOT_FOUND', 'CERTIFICATE_EXPIRED', 'ALREADY_REVOKED'];

const SENTENCES: Partial<Readonly<Record<RunState, string>>> = {
  deployed: 'deployed',
  verified: 'deployed, and the service presents the certificate',
  unchanged: 'everything is in place',
  cancelled: 'cancelled',
};

function outputOf({ details }: CertdeskError): string | null {
  const { output } = Object(details) as { readonly output?: unknown };
  return typeof output === 'string' && output !== '' ? output : null;
}
