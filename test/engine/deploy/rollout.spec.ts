// The order in which a deployment reaches its hosts, on hosts in memory.
import { expect, it } from 'vitest';
import { FILES, RELOAD, unreachable, useDeployLab } from '../../support/deploy/deploy-lab.ts';

const lab = useDeployLab();

/** Each host fails the check of its configuration if it is among `broken`. */
async function deploy(
  hosts: Readonly<Record<string, readonly string[]>>,
  rollout: object,
  more: object = {},
) {
  const ids: string[] = [];
  for (const [name, tags] of Object.entries(hosts)) ids.push((await lab.rig.host(name, { tags })).id);
  return lab.rig.deploy('p1', { hosts: { ids }, files: FILES, steps: RELOAD, rollout, ...more });
}
const fail = (name: string, fails = true) =>
  fails ? lab.rig.doubleOf(name).exitCodes.set('nginx -t', 1) : lab.rig.doubleOf(name).exitCodes.clear();
const shown = async (id: string) =>
  Object.fromEntries(
    (await lab.rig.deployments.get(id)).targets.map(({ host, state, waitsFor }) => [
      host.name,
      waitsFor ?? state,
    ]),
  );

it('holds the others until the canary has succeeded, and says so', async () => {
  const { id } = await deploy({ web2: [], web1: [], web3: [] }, { strategy: 'canary' });
  fail('web2');
  await lab.activate(lab.chain.leaf);
  const waits = 'waits for web2, the canary';
  expect(await shown(id)).toEqual({ web1: waits, web2: 'pending', web3: waits });
  await lab.rig.runDue();
  const stopped = `${waits}, which failed`;
  expect(await shown(id)).toEqual({ web1: stopped, web2: 'rolled-back', web3: stopped });
  expect(lab.rig.doubleOf('web1').calls).toEqual([]);
  fail('web2', false);
  lab.rig.pass(1);
  await lab.rig.runDue();
  expect(await shown(id)).toEqual({ web1: 'deployed', web2: 'deployed', web3: 'deployed' });
});

it('completes a group before the next, hosts without a group last', async () => {
  const hosts = { c: [], b: ['europe'], a: ['europe'], s: ['staging'] };
  const { id } = await deploy(hosts, { groups: ['staging', 'europe'] });
  lab.rig.doubleOf('a').breakAt('connect', unreachable());
  await lab.activate(lab.chain.leaf);
  expect(await shown(id)).toMatchObject({ s: 'pending', b: 'waits for s of the group staging' });
  await lab.rig.runDue();
  expect(await shown(id)).toEqual({
    s: 'deployed',
    b: 'deployed', // an unreachable host stops only the groups after its own
    a: 'failed',
    c: 'waits for a of the group europe, which failed',
  });
  lab.rig.pass(1);
  await lab.rig.runDue();
  expect(await shown(id)).toMatchObject({ a: 'deployed', c: 'deployed' });
});

it('stops after a failure, unless it is told to continue', async () => {
  const { id } = await deploy({ a: [], b: [] }, { concurrency: 1 });
  fail('a');
  fail('b');
  await lab.activate(lab.chain.leaf);
  await lab.rig.runDue();
  const after = Object.values(await shown(id)).toSorted();
  expect(after).toEqual(['rolled-back', expect.stringMatching(/^stopped, because [ab] failed$/)]);
  await lab.rig.deployments.update(id, {
    rollout: { strategy: 'all', stopOnFailure: false, concurrency: 1, groups: [] },
  });
  await lab.rig.runDue();
  expect(await shown(id)).toEqual({ a: 'rolled-back', b: 'rolled-back' });
});

it('deploys after another deployment of the project, and refuses a circle', async () => {
  const first = await deploy({ proxy: [] }, {});
  const path = '/etc/tls/other.pem';
  const files = [{ content: 'combined', path }];
  const second = await deploy({ app: [] }, {}, { files, after: first.id });
  fail('proxy');
  await lab.activate(lab.chain.leaf);
  await lab.rig.runDue();
  expect(await shown(second.id)).toEqual({ app: `waits for proxy of ${first.name}, which failed` });
  fail('proxy', false);
  lab.rig.pass(1);
  await lab.rig.runDue();
  expect(await shown(second.id)).toEqual({ app: 'deployed' });
  const field = { code: 'INVALID_REQUEST', message: expect.stringContaining('waits for this one') };
  await expect(lab.rig.deployments.update(first.id, { after: second.id })).rejects.toMatchObject(field);
  await lab.rig.deployments.remove(first.id);
  expect((await lab.rig.deployments.get(second.id)).after).toBeNull();
});
