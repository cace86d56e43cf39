// Describes and creates the deployments that an import has found: what another client did on this machine after a renewal.
import {
  type CreateDeployment,
  CreateDeploymentSchema,
  type DeploymentSteps,
} from '../../../shared/deployment.ts';
import { CreateHostSchema } from '../../../shared/host.ts';
import type { Stores } from '../core/stores.ts';
import type { Hosts } from '../hosts/hosts.ts';
import type { DeploymentAdopter } from '../import/adopt-deployments.ts';
import type { DeploymentBody } from '../import/found-deployment.ts';
import { type AdoptVariablesDeps, adoptVariables } from './adopt-variables.ts';
import { complete } from './definition.ts';
import type { Deployments } from './deployments.ts';
import { describeRun } from './plan.ts';

export interface AdoptDeps extends AdoptVariablesDeps {
  readonly stores: AdoptVariablesDeps['stores'] & Pick<Stores, 'hosts'>;
  readonly hosts: Pick<Hosts, 'create'>;
  readonly deployments: Pick<Deployments, 'create'>;
}

const LOCAL_NAME = 'This machine';

export function createDeploymentAdopter(deps: AdoptDeps): DeploymentAdopter {
  const { stores, hosts, deployments } = deps;
  /** The host for this machine, which is created if nobody has added it. */
  async function findLocalHost(): Promise<string> {
    const found = (await stores.hosts.list()).find(({ transport }) => transport === 'local');
    if (found !== undefined) return found.id;
    return (await hosts.create(CreateHostSchema.parse({ name: LOCAL_NAME, transport: 'local' }))).id;
  }

  return {
    describe: (body, domain) =>
      describeRun(complete(requestOf(body, { name: 'Import', hostId: '-' }), { domain }), {
        hosts: [LOCAL_NAME],
        domain,
      }),
    async create(projectId, { name, body, paused }) {
      const by = paused ? ('import' as const) : null;
      if (body.kind === 'acme-sh-hook') {
        const { environment, undo } = await adoptVariables(deps, body.variables);
        try {
          await deployments.create(
            projectId,
            { ...hookRequest(name, body.script, environment), enabled: !paused },
            by,
          );
        } catch (error) {
          await undo();
          throw error;
        }
        return;
      }
      const request = requestOf(body, { name, hostId: await findLocalHost() });
      await deployments.create(projectId, { ...request, enabled: !paused }, by);
    },
  };
}

function requestOf(
  body: DeploymentBody,
  { name, hostId }: { readonly name: string; readonly hostId: string },
): CreateDeployment {
  if (body.kind === 'acme-sh-hook') return hookRequest(name, body.script, []);
  return CreateDeploymentSchema.parse({ ...body, name, hosts: { ids: [hostId] } });
}

function hookRequest(
  name: string,
  script: string,
  environment: DeploymentSteps['environment'],
): CreateDeployment {
  const kind = 'acme-sh-hook';
  return CreateDeploymentSchema.parse({
    name,
    kind,
    hosts: { none: true },
    options: { script },
    steps: { environment },
  });
}
