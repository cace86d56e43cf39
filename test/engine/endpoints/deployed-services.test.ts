import { expect, it } from 'vitest';
import type { DeploymentRecord, DeploymentRunRecord } from '../../../src/main/engine/core/model-deploy.ts';
import { createDeployedServices } from '../../../src/main/engine/endpoints/deployed-services.ts';

const services = (
  runs: readonly Partial<DeploymentRunRecord>[],
  deployments: readonly Partial<DeploymentRecord>[] = [],
) =>
  createDeployedServices(
    {
      deploymentRuns: { unfinished: async () => runs } as never,
      deployments: { ofProject: async () => deployments } as never,
    },
    (id) => (id === 'postfix' ? 'Postfix' : null),
  );

it.each<[boolean, readonly Partial<DeploymentRunRecord>[]]>([
  [false, []],
  [true, [{ state: 'running', attempts: 3 }]],
  [true, [{ state: 'waiting-for-window', attempts: 0 }]],
  [true, [{ state: 'pending', attempts: 0 }]],
  [false, [{ state: 'pending', attempts: 2 }]],
  [
    false,
    [
      { state: 'failed', attempts: 1 },
      { state: 'not-served', attempts: 1 },
    ],
  ],
])('a rollout is under way: %s for %j', async (expected, runs) => {
  expect(await services(runs).isRollingOut(['p1'])).toBe(expected);
});

it('names the service behind a port by its recipe, otherwise by its deployment', async () => {
  const verify = {
    port: 25,
    protocol: 'smtp',
    serverName: null,
    graceSeconds: 30,
    onWorse: 'rollback',
  } as const;
  const { serviceOf } = services(
    [],
    [
      { recipe: 'postfix', name: 'Mail', verify },
      { recipe: null, name: 'Our proxy', verify: { ...verify, port: 443, protocol: 'tls' } },
      { recipe: null, name: 'Files only', verify: null },
    ],
  );
  const at = (port: number, protocol: 'smtp' | 'tls') => serviceOf({ projectIds: ['p1'], port, protocol });
  expect(await at(25, 'smtp')).toBe('Postfix');
  expect(await at(443, 'tls')).toBe('Our proxy');
  expect(await at(25, 'tls')).toBeNull();
});
