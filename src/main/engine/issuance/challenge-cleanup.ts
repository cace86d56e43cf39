// Challenges that a killed process or a failed clean-up has left behind: undone at start and by each sweep.

import { cleanUp } from '../challenges/prove.ts';
import type { SolverRegistry } from '../challenges/registry.ts';
import type { IssuanceSpec, JobRecord, OrderRecord } from '../core/model.ts';
import type { Log } from '../core/ports.ts';
import { specOf } from '../jobs/job-input.ts';
import type { JobSecrets } from '../jobs/job-secrets.ts';
import { namesOf } from './issuance-spec.ts';
import { createOrderState, type OrderStateDeps } from './order-state.ts';
import { isCleaned, isResumable } from './resumable-orders.ts';

export interface LeftoverDeps extends OrderStateDeps {
  readonly log: Log;
  readonly solvers: SolverRegistry;
  readonly secrets: JobSecrets;
}

/** Orders of jobs that have ended, while no job is at work on what they may share with it. */
export async function sweepLeftovers(deps: LeftoverDeps): Promise<void> {
  for (const order of await deps.stores.orders.all()) {
    // One that cannot be undone (its credentials are gone, say) does not hold up the others.
    await sweepLeftover(deps, order).catch((error: unknown) => {
      deps.log.warn(
        { jobId: order.jobId, err: error },
        'A leftover challenge could not be cleaned up; retrying later',
      );
    });
  }
}

async function sweepLeftover(deps: LeftoverDeps, order: OrderRecord): Promise<void> {
  const { stores, secrets, clock } = deps;
  const job = await stores.jobs.get(order.jobId);
  if (job === null || (await isShared(deps, order, job.projectId))) return;
  const spec = specOf(job.input);
  if (spec === null) return;
  if (!isCleaned(order) && !(await undo(deps, { job, spec, order }))) return;
  if (!isResumable(order, job.error?.code, clock.now())) await stores.orders.delete(job.id);
  await secrets.forget(job.id);
}

export interface Left {
  readonly job: JobRecord;
  readonly spec: IssuanceSpec;
  readonly order: OrderRecord;
}

/** Undoes the challenges of an order that nobody proves any more. @returns whether nothing is left of them */
export async function undo(deps: LeftoverDeps, { job, spec, order }: Left): Promise<boolean> {
  const { id: jobId, projectId } = job;
  const orderState = await createOrderState(deps, { jobId, projectId, directoryUrl: order.directoryUrl });
  const given = await deps.secrets.read(jobId);
  const { solver } = await deps.solvers.solverFor({ jobId, projectId, spec, given });
  await cleanUp(deps, { solver }, orderState);
  await orderState.flush();
  return isCleaned(orderState.order);
}

/**
 * Whether an unfinished job may be proving what is left of the order: its own, the next one of the project, or one of
 * the same names. To a new order for the same names a CA may answer with the pending one of before (RFC 8555 section
 * 7.4), so that what stands in DNS is both the former job's and the present one's.
 */
async function isShared(
  { stores }: LeftoverDeps,
  { challenges }: OrderRecord,
  projectId: string,
): Promise<boolean> {
  const unfinished = await stores.jobs.unfinished();
  if (unfinished.some((job) => job.projectId === projectId)) return true;
  const proving = new Set(unfinished.flatMap(namesOf));
  return challenges.some(({ state, identifier }) => state !== 'cleaned' && proving.has(identifier));
}
