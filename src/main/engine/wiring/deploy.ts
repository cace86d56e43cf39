// Wires hosts, their credentials, deployments and the runner that installs certificates.
import { toTimestamp } from '../../../shared/time.ts';
import { createAddToMany } from '../deploy/add-to-many.ts';
import { createDeploymentAdopter } from '../deploy/adopt.ts';
import { createDeployMany, projectsWithTags } from '../deploy/deploy-many.ts';
import { createDeployments } from '../deploy/deployments.ts';
import { createHostTests } from '../deploy/host-tests.ts';
import { testHostless, visitHostless } from '../deploy/hostless.ts';
import { listRecipes } from '../deploy/recipes/index.ts';
import { rearmRefused } from '../deploy/refused-keys.ts';
import { createDeploymentRunner, type DeploymentRunner } from '../deploy/runner.ts';
import { createDeploymentRuns } from '../deploy/runs.ts';
import { usersOfSecret } from '../deploy/secrets-in-use.ts';
import { previewTags, releaseHost, syncHost } from '../deploy/targets.ts';
import { readKey } from '../deploy/transports/read-key.ts';
import { visitHost } from '../deploy/visit-host.ts';
import { createProbe } from '../endpoints/probe.ts';
import type { Engine } from '../engine.ts';
import { createHostCredentials } from '../hosts/credentials.ts';
import { createHosts } from '../hosts/hosts.ts';
import { createHostImports } from '../hosts/import-hosts.ts';
import { findHost } from '../hosts/lookup.ts';
import type { DeploymentAdopter } from '../import/adopt-deployments.ts';
import type { Common } from './common.ts';

export type DeployServices = Pick<
  Engine,
  | 'hosts'
  | 'hostImports'
  | 'hostCredentials'
  | 'deployments'
  | 'deployMany'
  | 'addToMany'
  | 'deploymentRuns'
  | 'deploymentRecipes'
  | 'previewTags'
  | 'hostTests'
> & { readonly deploymentRunner: DeploymentRunner; readonly adopter: DeploymentAdopter };

/** Hosts to which certificates are installed in parallel. */
const HOSTS_IN_PARALLEL = 10;

export function wireDeploy(common: Common): DeployServices {
  const { stores, journal, secrets, vault, clock, log, timing, connectHost, addressPolicy } = common;
  const now = () => toTimestamp(clock.now());
  const probe = createProbe({ policy: addressPolicy, clock });
  const walk = { stores, journal, secrets, vault, clock, log, timing, probe, connect: connectHost };
  const hostless = { ...walk, policy: addressPolicy, addressPolicy, acmeShFolder: common.acmeShFolder };
  const deploymentRunner = createDeploymentRunner({
    stores,
    clock,
    log,
    concurrency: HOSTS_IN_PARALLEL,
    async visit(hostId, runIds, signal) {
      const isDone = await visitHostless(hostless, { hostId, runIds }, signal);
      if (!isDone) await visitHost({ ...walk, policy: addressPolicy }, { hostId, runIds }, signal);
    },
  });
  // Runs are inserted with these changes, and the listener is called after their commit.
  journal.listen(({ kind }) => {
    if (/^(certificate|deployment|host|job)\./.test(kind) && kind !== 'deployment.step')
      deploymentRunner.wake();
  });
  const hosts = createHosts({
    stores,
    journal,
    clock,
    syncTags: (tx, host, before) => syncHost(tx, host, { before, now: now() }),
    release: (tx, host) => releaseHost(tx, host, now()),
    onKeysAccepted: (tx, hostId) => rearmRefused(tx, hostId, now()),
  });
  const deployments = createDeployments({ stores, journal, vault, clock });
  const hostCredentials = createHostCredentials({
    stores,
    journal,
    secrets,
    clock,
    readKey,
    deploymentsOf: (id) => usersOfSecret(stores, id),
  });
  return {
    deploymentRunner,
    adopter: createDeploymentAdopter({ stores, secrets, hosts, credentials: hostCredentials, deployments }),
    hosts,
    hostImports: createHostImports({ stores, hosts, background: common.background }),
    hostCredentials,
    deployments,
    deployMany: createDeployMany({ stores, clock, deployments }),
    addToMany: createAddToMany({
      stores,
      deployments,
      projectsWithTags: (tags) => projectsWithTags({ stores, clock }, tags, null),
    }),
    deploymentRuns: createDeploymentRuns({ stores, journal, clock }),
    hostTests: createHostTests({
      ...walk,
      policy: addressPolicy,
      savedBy: journal.savedBy,
      testHostless: (deployment, signal) => testHostless(hostless, deployment, signal),
      scan: common.scanHost,
    }),
    deploymentRecipes: listRecipes,
    previewTags: async (hostId, tags) => previewTags(stores, await findHost(stores, hostId), tags),
  };
}
