// Cleans up challenges that a killed process or a failed clean-up has left behind, at startup and in each maintenance
// run.

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

/** Cleans up the orders of ended jobs, unless an unfinished job may use the same challenges. */
export async function sweepLeftovers(deps: LeftoverDeps): Promise<void> {
  for (const order of await deps.stores.orders.all()) {
    // An order that cannot be cleaned up (its credentials were deleted, for example) must not stop the others.
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

export interface EndedOrder {
  readonly job: JobRecord;
  readonly spec: IssuanceSpec;
  readonly order: OrderRecord;
}

/**
 * Cleans up the challenges of an order that no job validates any longer.
 * @returns whether all of them are cleaned up
 */
export async function undo(deps: LeftoverDeps, { job, spec, order }: EndedOrder): Promise<boolean> {
  const { id: jobId, projectId } = job;
  const orderState = await createOrderState(deps, { jobId, projectId, directoryUrl: order.directoryUrl });
  const given = await deps.secrets.read(jobId);
  const { solver } = await deps.solvers.solverFor({ jobId, projectId, spec, given });
  await cleanUp(deps, { solver }, orderState);
  await orderState.flush();
  return isCleaned(orderState.order);
}

/**
 * Whether an unfinished job may use the order's challenges: its own job, another job of the project, or one with the
 * same names. A CA may answer a new order for the same names with the pending authorizations of the earlier one (RFC
 * 8555 section 7.4), so that both jobs have the same TXT records.
 */
async function isShared(
  { stores }: LeftoverDeps,
  { challenges }: OrderRecord,
  projectId: string,
): Promise<boolean> {
  const unfinished = await stores.jobs.unfinished();
  if (unfinished.some((job) => job.projectId === projectId)) return true;
  const busyNames = new Set(unfinished.flatMap(namesOf));
  return challenges.some(({ state, identifier }) => state !== 'cleaned' && busyNames.has(identifier));
}
