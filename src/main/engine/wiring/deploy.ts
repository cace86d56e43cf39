// Wires hosts, their credentials, deployments and the runner that installs certificates.
import { toTimestamp } from '../../../shared/time.ts';
import { createDeployments } from '../deploy/deployments.ts';
import { listRecipes } from '../deploy/recipes/index.ts';
import { rearmRefused } from '../deploy/refused-keys.ts';
import { createDeploymentRuns } from '../deploy/runs.ts';
import { usersOfSecret } from '../deploy/secrets-in-use.ts';
import { previewTags, releaseHost, syncHost } from '../deploy/targets.ts';
import type { Engine } from '../engine.ts';
import { createHostCredentials } from '../hosts/credentials.ts';
import { createHosts } from '../hosts/hosts.ts';
import { findHost } from '../hosts/lookup.ts';
import { readKey } from '../hosts/ssh-key.ts';
import type { Common } from './common.ts';

export type DeployServices = Pick<
  Engine,
  'hosts' | 'hostCredentials' | 'deployments' | 'deploymentRuns' | 'deploymentRecipes' | 'previewTags'
>;

export function wireDeploy(common: Common): DeployServices {
  const { stores, journal, secrets, vault, clock } = common;
  const now = () => toTimestamp(clock.now());
  return {
    hosts: createHosts({
      stores,
      journal,
      clock,
      syncTags: (tx, host, before) => syncHost(tx, host, { before, now: now() }),
      release: (tx, host) => releaseHost(tx, host, now()),
      onKeysAccepted: (tx, hostId) => rearmRefused(tx, hostId, now()),
    }),
    hostCredentials: createHostCredentials({
      stores,
      journal,
      secrets,
      clock,
      readKey,
      deploymentsOf: (id) => usersOfSecret(stores, id),
    }),
    deployments: createDeployments({ stores, journal, vault, clock }),
    deploymentRuns: createDeploymentRuns({ stores, journal, clock }),
    deploymentRecipes: listRecipes,
    previewTags: async (hostId, tags) => previewTags(stores, await findHost(stores, hostId), tags),
  };
}
