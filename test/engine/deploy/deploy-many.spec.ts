// The deployments of many projects at once: each project has its own result, and a limited caller reaches only its own.
import { expect, it } from 'vitest';
import { createDeployMany } from '../../../src/main/engine/deploy/deploy-many.ts';
import { type DeployMany, DeployManySchema } from '../../../src/shared/deployment-bulk.ts';
import { useDeployLab } from '../../support/deploy/deploy-lab.ts';

const lab = useDeployLab();

/** Projects p1 (deployed twice), p2 (paused), p3 (revoked) and p4 (without a deployment). */
async function arrange() {
  const { rig } = lab;
  const { id: host } = await rig.host('web');
  const ids: Record<string, string> = {};
  for (const projectId of ['p1', 'p2', 'p3', 'p4']) {
    if (projectId !== 'p1') await rig.project(projectId, `${projectId}.example.com`);
    const more = projectId === 'p3' ? { revokedAt: '2026-06-01T00:00:00Z' } : {};
    await lab.activate(lab.chain.leaf, { projectId, ...more });
    await rig.stores.projects.update(projectId, { tags: projectId === 'p4' ? ['all'] : ['all', 'shop'] });
    const names = projectId === 'p4' ? [] : projectId === 'p1' ? ['a', 'b'] : ['a'];
    for (const name of names) {
      const files = [{ content: 'combined', path: `/etc/tls/${projectId}-${name}.pem` }];
      const body = { name, hosts: { ids: [host] }, files, enabled: projectId !== 'p2' };
      ids[`${projectId}${name}`] = (await rig.deploy(projectId, body)).id;
    }
  }
  await rig.runDue();
  const deployMany = createDeployMany(rig);
  const start = (body: Partial<DeployMany>, visible: readonly string[] | null = null) =>
    deployMany(DeployManySchema.parse(body), visible);
  return { ids, start };
}

const summary = ({ projects }: Awaited<ReturnType<Awaited<ReturnType<typeof arrange>>['start']>>) =>
  Object.fromEntries(projects.map(({ id, runs, error }) => [id, error?.code ?? runs]));

it('starts what it can and says for each other project why not', async () => {
  const { start } = await arrange();
  const answer = await start({ projects: ['p1', 'p2', 'p3', 'p4', 'nowhere', 'p1'] });
  expect(summary(answer)).toEqual({
    p1: 2,
    p2: 'DEPLOYMENT_PAUSED',
    p3: 'ALREADY_REVOKED',
    p4: 'DEPLOYMENT_NOT_FOUND',
    nowhere: 'PROJECT_NOT_FOUND',
  });
  expect(answer.runs.map(({ projectId, state }) => [projectId, state])).toEqual([
    ['p1', 'pending'],
    ['p1', 'pending'],
  ]);
});

it('takes the projects that have all tags and a deployment, and single deployments', async () => {
  const { ids, start } = await arrange();
  expect(summary(await start({ tag: ['all'] }))).toEqual({
    p1: 2,
    p2: 'DEPLOYMENT_PAUSED',
    p3: 'ALREADY_REVOKED',
  });
  const single = await start({ deployments: [String(ids.p1b), 'nowhere'] });
  expect(summary(single)).toEqual({ p1: 1, nowhere: 'DEPLOYMENT_NOT_FOUND' });
  expect(single.runs[0]?.deploymentId).toBe(ids.p1b);
  expect(summary(await start({ tag: ['shop'], deployments: [String(ids.p1b)] })).p1).toBe(2);
  await expect(start({ tag: ['other'] })).rejects.toThrow('No project with the tag other has a deployment');
});

it('answers a limited caller about other projects as if they did not exist', async () => {
  const { ids, start } = await arrange();
  const others = await start({ projects: ['p1', 'p4'], deployments: [String(ids.p1a)] }, ['p4']);
  expect(others.runs).toEqual([]);
  expect(summary(others)).toEqual({
    p1: 'PROJECT_NOT_FOUND',
    p4: 'DEPLOYMENT_NOT_FOUND',
    [String(ids.p1a)]: 'DEPLOYMENT_NOT_FOUND',
  });
  expect(others.projects.find(({ id }) => id === 'p1')).toMatchObject({ name: null, domain: null });
  expect(summary(await start({ tag: ['all'] }, ['p3']))).toEqual({ p3: 'ALREADY_REVOKED' });
});

it('needs something to deploy', () => {
  const { error } = DeployManySchema.safeParse({});
  expect(error?.issues).toMatchObject([
    { path: ['projects'], message: 'is empty: name projects, deployments or tags' },
  ]);
});
