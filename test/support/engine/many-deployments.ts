// A database with many deployments, each with a host and a last run, for lists and counts.

import type {
  DeploymentRecord,
  DeploymentRunRecord,
  HostRecord,
} from '../../../src/main/engine/core/model-deploy.ts';
import type { Stores } from '../../../src/main/engine/core/stores.ts';
import { DEPLOYED_STATES, DeploymentStepsSchema } from '../../../src/shared/deployment.ts';
import { DEFAULT_ROLLOUT } from '../../../src/shared/rollout.ts';
import { PROJECT } from './records.ts';

const AT = '2026-06-01T12:00:00Z';

export const HOST: HostRecord = {
  id: 'h1',
  name: 'web-1',
  tags: [],
  transport: 'local',
  address: null,
  port: 22,
  user: null,
  credentialId: null,
  hostKeys: [],
  jumpHostId: null,
  become: 'none',
  savedBy: { kind: 'window', id: null, name: 'Test' },
  createdAt: AT,
  updatedAt: AT,
  lastContactAt: null,
  lastError: null,
  changedKey: null,
};

export const DEPLOYMENT: DeploymentRecord = {
  id: 'd1',
  projectId: 'p1',
  name: 'nginx',
  kind: 'files',
  recipe: 'nginx',
  hosts: { ids: ['h1'] },
  enabled: true,
  pausedBy: null,
  files: [],
  command: null,
  scriptSealed: null,
  savedSealed: null,
  options: {},
  steps: DeploymentStepsSchema.parse({}),
  verify: null,
  window: null,
  rollout: DEFAULT_ROLLOUT,
  after: null,
  state: 'deployed',
  stateAt: AT,
  waiting: null,
  createdAt: AT,
  updatedAt: AT,
};

export const RUN: DeploymentRunRecord = {
  id: 'r1',
  deploymentId: 'd1',
  projectId: 'p1',
  hostId: 'h1',
  versionId: 'c1',
  fingerprint: 'AA',
  state: 'deployed',
  trigger: 'activated',
  force: false,
  ignoresWindow: false,
  steps: [],
  error: null,
  reloadOwed: false,
  attempts: 1,
  unsettled: false,
  seenBefore: null,
  createdAt: AT,
  startedAt: AT,
  finishedAt: AT,
  nextAttemptAt: null,
};

/** On 100 hosts, and in all states. One project for each deployment. */
export async function makeManyDeployments(stores: Stores, count: number): Promise<void> {
  await stores.transaction(async (tx) => {
    for (let n = 0; n < 100; n += 1) await tx.hosts.create({ ...HOST, id: `h${n}`, name: `web-${n}` });
  });
  for (let from = 0; from < count; from += 1_000) {
    await stores.transaction(async (tx) => {
      for (let n = from; n < Math.min(count, from + 1_000); n += 1) {
        const [projectId, id, hostId, runId] = [`dp${n}`, `d${n}`, `h${n % 100}`, `r${n}`];
        const state = DEPLOYED_STATES[n % DEPLOYED_STATES.length] ?? 'deployed';
        await tx.projects.create({
          ...PROJECT,
          id: projectId,
          name: `Site ${n}`,
          domain: `site-${n}.example`,
        });
        await tx.deployments.create({
          ...DEPLOYMENT,
          id,
          projectId,
          name: `nginx ${n}`,
          hosts: { ids: [hostId] },
          state,
        });
        await tx.deploymentRuns.create({ ...RUN, id: runId, deploymentId: id, projectId, hostId });
        await tx.deployments.addTarget({ deploymentId: id, hostId, runId });
      }
    });
  }
}
