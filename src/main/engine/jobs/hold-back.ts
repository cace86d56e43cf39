// Holds back jobs that crash Certdesk, so that they do not crash it again after every restart. A job that was running
// at three unclean ends in a row waits for an hour, unless a user starts it earlier (queue.ts).
import { jobName } from '../../../shared/steps.ts';
import { toTimestamp } from '../../../shared/time.ts';
import type { Journal } from '../audit/journal.ts';
import type { JobRecord } from '../core/model.ts';
import type { Clock } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';

const MAX_UNCLEAN_ENDS = 3;
const HOLD_MS = 3_600_000;
const CLEAN_STOP = 'clean-stop';

export interface HoldBackDeps {
  readonly stores: Stores;
  readonly journal: Journal;
  readonly clock: Clock;
}

/** Records that Certdesk is stopping cleanly. */
export async function noteCleanStop({ settings }: Stores): Promise<void> {
  await settings.set(CLEAN_STOP, true);
}

/**
 * Returns the unfinished jobs of the last run and updates their crash counts. A clean stop resets the counts. After
 * an unclean one, each job that was running counts one more, and is held back from the third on.
 */
export async function reviewUnfinished(deps: HoldBackDeps): Promise<readonly JobRecord[]> {
  const { stores, clock } = deps;
  const wasClean = (await stores.settings.get(CLEAN_STOP)) === true;
  if (wasClean) await stores.settings.set(CLEAN_STOP, false);
  const jobs: JobRecord[] = [];
  for (const job of await stores.jobs.unfinished()) {
    if (job.heldUntil !== null && job.heldUntil > toTimestamp(clock.now())) jobs.push(job);
    else jobs.push(await countUncleanEnd(deps, job, wasClean));
  }
  return jobs;
}

async function countUncleanEnd(deps: HoldBackDeps, job: JobRecord, wasClean: boolean): Promise<JobRecord> {
  const { stores, journal, clock } = deps;
  const wasRunning = job.state === 'running';
  const uncleanEnds = wasClean ? 0 : job.uncleanEnds + (wasRunning ? 1 : 0);
  if (uncleanEnds === job.uncleanEnds) return job;
  if (uncleanEnds < MAX_UNCLEAN_ENDS || (await isPastFinalize(stores, job))) {
    await stores.jobs.update(job.id, { uncleanEnds, heldUntil: null });
    return { ...job, uncleanEnds, heldUntil: null };
  }
  const heldUntil = toTimestamp(new Date(clock.now().getTime() + HOLD_MS));
  // One more unclean end after the hour holds the job back again.
  const held = { state: 'queued', uncleanEnds: MAX_UNCLEAN_ENDS - 1, heldUntil } as const;
  const { id: jobId, projectId, input } = job;
  await journal.write(async (tx, emit) => {
    await tx.jobs.update(jobId, held);
    await emit({
      kind: 'job.held-back',
      projectId,
      jobId,
      message: `${jobName(input)} held back until ${heldUntil}: Certdesk crashed ${uncleanEnds} times in a row while it ran`,
      audit: { operation: `certificates.${input.kind}`, result: 'INTERNAL' },
    });
  });
  return { ...job, ...held };
}

/**
 * At these steps a delay could lose a certificate that the CA has issued, or leave one valid that should be revoked.
 */
const NEVER_HELD = ['certificate', 'store', 'revoke'];

async function isPastFinalize(stores: Stores, job: JobRecord): Promise<boolean> {
  const order = await stores.orders.get(job.id);
  if (order !== null && order.finalizedAt !== null) return true;
  const events = await stores.events.list({ jobId: job.id, limit: 10_000 });
  return events.some(({ kind, data }) => kind === 'job.step' && NEVER_HELD.includes(stepOf(data)));
}

function stepOf(data: unknown): string {
  const step: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, 'step') : null;
  return typeof step === 'string' ? step : '';
}
