// Challenges that a killed process or a failed clean-up has left behind: undone at start and by each sweep.

import { cleanUp, type ProofDeps } from './challenges/prove.ts';
import type { SolverRegistry } from './challenges/registry.ts';
import type { JobSecrets } from './jobs/job-secrets.ts';
import { isCleaned, mayGoOn } from './kept-orders.ts';
import type { OrderRecord } from './model.ts';
import { createOrderKeeper } from './order-keeper.ts';
import { recipeOf } from './recipes.ts';

export interface LeftoverDeps extends ProofDeps {
  readonly solvers: SolverRegistry;
  readonly secrets: JobSecrets;
}

/** Orders of jobs that have ended; those of unfinished jobs are gone on with by their jobs. */
export async function sweepLeftovers(deps: LeftoverDeps): Promise<void> {
  for (const order of await deps.stores.orders.all()) {
    // One that cannot be undone (its credentials are gone, say) does not hold up the others.
    await sweepLeftover(deps, order).catch((error: unknown) => {
      deps.log.warn({ jobId: order.jobId, err: error }, 'A leftover challenge stays; it is tried again');
    });
  }
}

async function sweepLeftover(deps: LeftoverDeps, order: OrderRecord): Promise<void> {
  const { stores, secrets, clock } = deps;
  const job = await stores.jobs.get(order.jobId);
  if (job === null || job.state === 'queued' || job.state === 'running') return;
  const recipe = recipeOf(job.input);
  if (recipe === null) return;
  const { id: jobId, projectId } = job;
  if (!isCleaned(order)) {
    const keeper = await createOrderKeeper(deps, { jobId, projectId, directoryUrl: order.directoryUrl });
    const given = await secrets.read(jobId);
    const { solver } = await deps.solvers.solverFor({ jobId, projectId, recipe, given });
    await cleanUp(deps, { solver }, keeper);
    await keeper.flush();
    if (!isCleaned(keeper.order)) return;
  }
  if (!mayGoOn(order, job.error?.code, clock.now())) await stores.orders.delete(jobId);
  await secrets.forget(jobId);
}
