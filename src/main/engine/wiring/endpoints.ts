// Wires endpoints: the probe, the checker, the sweeps, and the operations on them.
import { listRecipes } from '../deploy/recipes/index.ts';
import { createAddEndpoints, type Endpoints } from '../endpoints/add-endpoints.ts';
import { createEndpointChecker } from '../endpoints/checker.ts';
import { createCrlCache } from '../endpoints/crl-cache.ts';
import { createDeployedServices } from '../endpoints/deployed-services.ts';
import { createEndpoints } from '../endpoints/endpoints.ts';
import { createHostLookup } from '../endpoints/lookup.ts';
import { createProbe } from '../endpoints/probe.ts';
import { createEndpointSweeps, type EndpointSweeps } from '../endpoints/sweeps.ts';
import { createEveryMinute, type EveryMinute } from '../jobs/every-minute.ts';
import type { Common } from './common.ts';

export interface EndpointServices {
  readonly endpoints: Endpoints;
  readonly endpointSweeps: EndpointSweeps & { readonly schedule: EveryMinute };
}

/** Events after which endpoints are due; those of deployments are added by their prefix. */
const MAKES_DUE: readonly string[] = [
  'certificate.stored',
  'certificate.uploaded',
  'certificate.restored',
  'certificate.removed',
  'endpoint.created',
  'endpoint.updated',
];

export function wireEndpoints(common: Common): EndpointServices {
  const { stores, journal, clock, log, random, addressPolicy, resolver, crl, background } = common;
  const crls = createCrlCache(
    {
      fetchCrl: crl.fetch,
      lookUpCrl: (input, signal) => background.run('lookUpCrl', input, { owner: 'endpoints', signal }),
    },
    clock,
  );
  const recipes = new Map(listRecipes().map(({ id, name }) => [id, name]));
  const services = createDeployedServices(stores, (id) => recipes.get(id) ?? null);
  const checker = createEndpointChecker({
    stores,
    journal,
    clock,
    log,
    random,
    probe: createProbe({ policy: addressPolicy, clock }),
    policy: { lookup: createHostLookup(resolver, addressPolicy) },
    crls,
    ...services,
  });
  const sweeps = createEndpointSweeps({ stores, clock, log, checker });
  // The database makes endpoints due in the transaction of these changes; this only saves the minute until the next sweep.
  journal.listen(({ kind }) => {
    if (MAKES_DUE.includes(kind) || kind.startsWith('deployment')) sweeps.runSoon();
  });
  const deps = { stores, journal, clock, addressPolicy, checker, servedPorts: services.servedPorts };
  return {
    endpoints: { ...createEndpoints(deps), add: createAddEndpoints(deps) },
    endpointSweeps: { ...sweeps, schedule: createEveryMinute(sweeps.run) },
  };
}
