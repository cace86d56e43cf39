// The metrics of deployments. It reads only columns that each run stores.
import type { Stores } from '../core/stores.ts';
import type { Metric } from './metrics-text.ts';

/** @param ids Only deployments of these projects; null for all. */
export async function deploymentMetrics(
  { deployments, deploymentRuns }: Pick<Stores, 'deployments' | 'deploymentRuns'>,
  ids: readonly string[] | null,
): Promise<readonly Metric[]> {
  const [states, runs] = await Promise.all([
    deployments.count({ projectIds: ids }),
    deploymentRuns.countByState(ids),
  ]);
  return [
    {
      name: 'certdesk_deployments',
      help: 'Deployments by their state.',
      type: 'gauge',
      samples: Object.entries(states).map(([state, value]) => ({ labels: { state }, value })),
    },
    {
      name: 'certdesk_deployment_runs',
      help: 'Stored runs of deployments by their state.',
      type: 'gauge',
      samples: [...runs].map(([state, value]) => ({ labels: { state }, value })),
    },
  ];
}
