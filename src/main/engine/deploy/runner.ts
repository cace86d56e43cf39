// Starts due runs: one visit to a host at a time, several hosts in parallel. Waiting runs are rows; they take no place in
// the queue of jobs and do not lock their project.
import { toTimestamp } from '../../../shared/time.ts';
import type { DeploymentRunRecord } from '../core/model-deploy.ts';
import type { Clock, Log } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import { type RolloutState, readRollout, reasonToWait } from './rollout.ts';

export interface DeploymentRunner {
  /** Resumes the runs that the last process left, and starts the schedule. */
  start(): Promise<void>;
  /** Looks for due runs soon. Call it after runs were inserted. */
  wake(): void;
  /** Starts all due runs. Resolves when nothing is due or in progress. */
  runDue(): Promise<void>;
  /** Interrupts the runs in progress; the next start resumes them. */
  stop(): Promise<void>;
}

export interface DeploymentRunnerDeps {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly log: Log;
  /** Hosts in parallel. */
  readonly concurrency: number;
  /** @param runIds The runs that may begin. */
  visit(hostId: string, runIds: ReadonlySet<string>, signal: AbortSignal): Promise<void>;
}

const EVERY_MS = 60_000;
/** Between contacts with a host that has nothing else to do than to finish what earlier runs left there. */
const SETTLE_AGAIN_MS = 30 * 60_000;

export function createDeploymentRunner(deps: DeploymentRunnerDeps): DeploymentRunner {
  const { stores, clock, log, concurrency } = deps;
  const visits = new Map<string, { readonly runIds: ReadonlySet<string>; readonly ended: Promise<void> }>();
  /** When a host is contacted again only because of unsettled runs, by its id, in milliseconds. At startup: at once. */
  const settleAgain = new Map<string, number>();
  let stopping = new AbortController();
  let started = false;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();
  let awake = false;

  /** The due runs of each host, which may be none if only something is left to clean up. */
  async function dueHosts(): Promise<ReadonlyMap<string, readonly DeploymentRunRecord[]>> {
    const now = clock.now();
    const at = toTimestamp(now);
    const [runs, forget, unsettled] = await Promise.all([
      stores.deploymentRuns.due(at),
      stores.deployments.generationsToForget(at),
      stores.deploymentRuns.unsettledHosts(),
    ]);
    const settle = unsettled.filter((hostId) => (settleAgain.get(hostId) ?? 0) <= now.getTime());
    const byHost = Map.groupBy(runs, ({ hostId }) => hostId);
    for (const hostId of [...forget.map((target) => target.hostId), ...settle])
      if (!byHost.has(hostId)) byHost.set(hostId, []);
    return byHost;
  }

  /** Starts visits as far as hosts and places are free. */
  async function startDue(): Promise<void> {
    const { signal } = stopping;
    const rollouts = createRollouts(stores);
    for (const [hostId, runs] of await dueHosts()) {
      if (signal.aborted || visits.size >= concurrency) return;
      if (visits.has(hostId)) continue;
      const starting = new Set([...visits.values()].flatMap(({ runIds }) => [...runIds]));
      const runIds = new Set<string>();
      for (const run of runs) if (await rollouts.mayBegin(run, starting)) runIds.add(run.id);
      if (runs.length > 0 && runIds.size === 0) continue;
      settleAgain.set(hostId, clock.now().getTime() + SETTLE_AGAIN_MS);
      const ended = deps
        .visit(hostId, runIds, signal)
        .then(
          () => true,
          (error: unknown) => {
            if (!signal.aborted) log.error({ err: error, hostId }, 'The visit to a host failed');
            return false; // its runs may still be due: the next minute tries again, not this one
          },
        )
        .then((succeeded) => {
          visits.delete(hostId);
          if (succeeded) wake();
        });
      visits.set(hostId, { runIds, ended });
    }
  }

  function look(): Promise<void> {
    awake = false;
    looking = looking
      .then(startDue)
      .catch((error: unknown) => log.error({ err: error }, 'Due deployment runs could not be read'));
    return looking;
  }

  function wake(): void {
    if (!started || awake) return;
    awake = true;
    setImmediate(() => {
      if (started) void look();
    });
  }

  function schedule(): void {
    timer = setTimeout(() => {
      void look().finally(() => started && schedule());
    }, EVERY_MS);
    timer.unref();
  }

  return {
    wake,
    async start() {
      if (started) return;
      started = true;
      stopping = new AbortController();
      const now = toTimestamp(clock.now());
      // Their results on the hosts are unknown: the next visit asks for them.
      await stores.transaction(async (tx) => {
        for (const { id } of await tx.deploymentRuns.running())
          await tx.deploymentRuns.update(id, { state: 'pending', nextAttemptAt: now });
      });
      schedule();
      wake();
    },
    async runDue() {
      for (;;) {
        await look();
        if (visits.size === 0) return;
        await Promise.all([...visits.values()].map(({ ended }) => ended));
      }
    },
    async stop() {
      started = false;
      clearTimeout(timer);
      stopping.abort(new Error('Certdesk is stopping'));
      await looking;
      await Promise.all([...visits.values()].map(({ ended }) => ended));
    },
  };
}

/** Reads the rollout of each deployment once. */
function createRollouts(stores: Stores) {
  const known = new Map<string, RolloutState | null>();
  return {
    async mayBegin(run: DeploymentRunRecord, starting: ReadonlySet<string>): Promise<boolean> {
      const { deploymentId } = run;
      if (!known.has(deploymentId)) {
        const deployment = await stores.deployments.get(deploymentId);
        known.set(deploymentId, deployment === null ? null : await readRollout(stores, deployment));
      }
      const rollout = known.get(deploymentId) ?? null;
      return rollout === null || reasonToWait(rollout, run, starting) === null;
    },
  };
}
