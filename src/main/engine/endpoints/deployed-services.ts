// What deployments tell about endpoints: which rollouts have not ended, and which service is behind a port.

import type { DeploymentRunRecord } from '../core/model-deploy.ts';
import type { EndpointDefinition } from '../core/model-endpoint.ts';
import type { Stores } from '../core/stores.ts';
import type { ServedPort } from './suggestions.ts';

export interface DeployedServices {
  /** Whether a deployment of one of these projects is running or about to begin; one that waits for a retry is not. */
  isRollingOut(projectIds: readonly string[]): Promise<boolean>;
  /** The name of the service behind the endpoint, if a recipe knows it: `Postfix`. */
  serviceOf(endpoint: Pick<EndpointDefinition, 'projectIds' | 'port' | 'protocol'>): Promise<string | null>;
  servedPorts(projectId: string): Promise<readonly ServedPort[]>;
}

/** A run that failed and waits for another attempt, perhaps for days, must not hide that an old certificate is served. */
function isUnderWay({ state, attempts }: DeploymentRunRecord): boolean {
  return state === 'running' || state === 'waiting-for-window' || (state === 'pending' && attempts === 0);
}

/** @param recipeName The name of a recipe by its id; null if it is unknown. */
export function createDeployedServices(
  { deployments, deploymentRuns }: Pick<Stores, 'deployments' | 'deploymentRuns'>,
  recipeName: (id: string) => string | null,
): DeployedServices {
  const servedPorts: DeployedServices['servedPorts'] = async (projectId) =>
    (await deployments.ofProject(projectId)).flatMap(({ verify, recipe, name }) => {
      if (verify === null) return [];
      const service = (recipe === null ? null : recipeName(recipe)) ?? name;
      return [{ port: verify.port, protocol: verify.protocol, serverName: verify.serverName, service }];
    });
  return {
    servedPorts,
    async isRollingOut(projectIds) {
      const runs = await Promise.all(projectIds.map((projectId) => deploymentRuns.unfinished({ projectId })));
      return runs.flat().some(isUnderWay);
    },
    async serviceOf({ projectIds, port, protocol }) {
      const ports = await Promise.all(projectIds.map(servedPorts));
      const found = ports.flat().find((each) => each.port === port && each.protocol === protocol);
      return found?.service ?? null;
    },
  };
}
