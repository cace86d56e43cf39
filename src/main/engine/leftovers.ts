// Challenges that a killed process or a failed clean-up has left behind: undone at start and by each sweep.

import { cleanUp, type ProofDeps } from './challenges/prove.ts';
import type { SolverRegistry } from './challenges/registry.ts';
import { createOrderKeeper } from './order-keeper.ts';

export interface LeftoverDeps extends ProofDeps {
  readonly solvers: SolverRegistry;
}

/** Orders of jobs that have ended; those of unfinished jobs are gone on with by their jobs. */
export async function sweepLeftovers(deps: LeftoverDeps): Promise<void> {
  for (const order of await deps.stores.orders.all()) {
    const job = await deps.stores.jobs.get(order.jobId);
    if (job === null || job.state === 'queued' || job.state === 'running' || job.input.kind === 'revoke')
      continue;
    const { id: jobId, projectId } = job;
    const keeper = await createOrderKeeper(deps, { jobId, projectId, directoryUrl: order.directoryUrl });
    await cleanUp(deps, { solver: await deps.solvers.solverFor(job.input.recipe) }, keeper);
    if (keeper.order.challenges.every(({ state }) => state === 'cleaned'))
      await deps.stores.orders.delete(jobId);
  }
}
