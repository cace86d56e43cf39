// Reloads that runs owe and that no further attempt makes: Certdesk contacts the host for them. The host is in memory.
import { describe, expect, it } from 'vitest';
import { FILES, RELOAD, unreachable, useDeployLab } from '../../support/deploy/deploy-lab.ts';
import { lost } from '../../support/deploy/host-double.ts';

const lab = useDeployLab();
const SETTLE_AGAIN = 30;

describe('a reload that is owed', () => {
  const web = () => lab.rig.doubleOf('web');
  const attempts = () => web().commands.filter((line) => line.endsWith('reload')).length;
  const deploy = () => lab.deployTo('web', { steps: RELOAD });
  const owesNothing = { unsettled: false, reloadOwed: false };

  it('is made without other work on the host, once for all cancelled runs', async () => {
    const { id: hostId } = await lab.rig.host('web');
    const hosts = { ids: [hostId] };
    await lab.rig.project('p2', 'two.example.com');
    const one = await lab.rig.deploy('p1', { hosts, files: FILES, steps: RELOAD });
    const two = [{ content: 'combined', path: '/etc/tls/two.pem' }];
    const other = await lab.rig.deploy('p2', { hosts, files: two, steps: RELOAD });
    await lab.activate(lab.chain.leaf);
    await lab.activate(lab.renewed, { projectId: 'p2' });
    web().breakAt('reload', lost());
    await lab.rig.runDue();
    expect(attempts()).toBe(0);
    for (const project of ['p1', 'p2']) await lab.rig.certificates.remove(project);
    web().breakAt('connect', unreachable());
    lab.rig.pass(SETTLE_AGAIN);
    await lab.rig.runDue();
    await lab.rig.runDue();
    expect([attempts(), web().calls.filter((call) => call === 'connect').length]).toEqual([0, 2]);
    lab.rig.pass(SETTLE_AGAIN);
    await lab.rig.runDue();
    expect(attempts()).toBe(1);
    for (const { id } of [one, other])
      expect(await lab.rig.lastRun(id)).toMatchObject({ ...owesNothing, state: 'deployed' });
    lab.rig.pass(SETTLE_AGAIN);
    await lab.rig.runDue();
    expect(attempts()).toBe(1);
  });

  it('is made at the start of Certdesk', async () => {
    const { id } = await deploy();
    await lab.activate(lab.chain.leaf);
    web().breakAt('swap', lost(), 'after');
    await lab.rig.runDue();
    expect(await lab.rig.lastRun(id)).toMatchObject({ state: 'failed', unsettled: true });
    await lab.rig.certificates.remove('p1');
    await lab.rig.restart();
    expect(attempts()).toBe(1); // the host had made it
    expect(await lab.rig.lastRun(id)).toMatchObject({ ...owesNothing, state: 'deployed' });
  });

  it('of a run that was put back and then cancelled is made until it succeeds', async () => {
    const { id } = await deploy();
    await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    const { exitCodes } = web();
    exitCodes.set('nginx -s reload', 1);
    await lab.activate(lab.renewed);
    await lab.rig.runDue();
    expect(await lab.rig.lastRun(id)).toMatchObject({ state: 'rolled-back', reloadOwed: true });
    await lab.rig.certificates.remove('p1');
    const before = attempts();
    lab.rig.pass(SETTLE_AGAIN);
    await lab.rig.runDue();
    expect(attempts()).toBe(before + 1);
    expect(await lab.rig.lastRun(id)).toMatchObject({
      state: 'rolled-back',
      reloadOwed: true,
      unsettled: true,
    });
    exitCodes.clear();
    lab.rig.pass(SETTLE_AGAIN);
    await lab.rig.runDue();
    expect(attempts()).toBe(before + 2);
    expect(await lab.rig.lastRun(id)).toMatchObject({ ...owesNothing, state: 'rolled-back' });
    expect(web().files.get('/etc/tls/api.pem')?.content.toString()).toBe(lab.full(lab.chain.leaf));
  });

  it('is not forgotten when the next attempt fails before its own reload, and is made by the one that succeeds', async () => {
    const { id } = await deploy();
    await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    const { exitCodes } = web();
    exitCodes.set('nginx -s reload', 1);
    await lab.activate(lab.renewed);
    await lab.rig.runDue();
    exitCodes.clear();
    exitCodes.set('nginx -t', 1);
    lab.rig.pass(1);
    await lab.rig.runDue();
    expect(await lab.rig.lastRun(id)).toMatchObject({ state: 'rolled-back', attempts: 2, reloadOwed: true });
    exitCodes.clear();
    lab.rig.pass(5);
    const before = attempts();
    await lab.rig.runDue();
    expect(await lab.rig.lastRun(id)).toMatchObject({ ...owesNothing, state: 'deployed' });
    expect(attempts()).toBe(before + 1);
  });

  it('is made by the run of a newer version, and only once', async () => {
    const { id } = await deploy();
    web().exitCodes.set('nginx -s reload', 1);
    await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    const { id: first } = await lab.rig.lastRun(id);
    web().exitCodes.clear();
    const before = attempts();
    await lab.activate(lab.renewed);
    await lab.rig.runDue();
    expect(attempts()).toBe(before + 1);
    expect(await lab.rig.stores.deploymentRuns.get(first)).toMatchObject(owesNothing);
  });

  it('of a paused deployment waits until a person resumes it', async () => {
    const { id } = await deploy();
    web().exitCodes.set('nginx -s reload', 1);
    await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    web().exitCodes.clear();
    await lab.rig.deployments.pause(id);
    const { length } = web().calls;
    lab.rig.pass(600);
    await lab.rig.runDue();
    expect(web().calls).toHaveLength(length);
    expect(await lab.rig.lastRun(id)).toMatchObject({ reloadOwed: true });
    await lab.rig.deployments.resume(id);
    await lab.rig.runDue();
    const runs = await lab.rig.stores.deploymentRuns.list({ deploymentId: id, limit: 10 });
    expect(runs.map((run) => run.reloadOwed)).not.toContain(true);
  });
});
