// The check of the served certificate after a run on a host in memory, and what follows from it.
import { describe, expect, it } from 'vitest';
import { useDeployLab } from '../../support/deploy/deploy-lab.ts';
import { presents, refused } from '../../support/deploy/deploy-rig.ts';

const lab = useDeployLab();

describe('the check of the served certificate', () => {
  const VERIFY = { port: 443, graceSeconds: 3 };
  const verified = () => lab.deployTo('web', { verify: VERIFY });

  it('verifies the new certificate with its chain', async () => {
    const { id } = await verified();
    lab.rig.setProbe(presents(lab.full(lab.chain.leaf)));
    await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    expect(await lab.rig.lastRun(id)).toMatchObject({ state: 'verified' });
  });

  it('does not take one handshake for it: an old worker may answer the next one', async () => {
    const { id } = await verified();
    lab.rig.setProbe(presents(lab.full(lab.chain.leaf)));
    await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    const [fresh, old] = [presents(lab.full(lab.renewed)), presents(lab.full(lab.chain.leaf))];
    let looks = 0;
    lab.rig.doubleOf('web').onReload(() =>
      lab.rig.setProbe((...args) => {
        looks += 1;
        return (looks % 2 === 1 ? fresh : old)(...args);
      }),
    );
    await lab.activate(lab.renewed);
    await lab.rig.runDue();
    expect(await lab.rig.lastRun(id)).toMatchObject({ state: 'not-served' });
  });

  it('keeps the files and raises an alarm if the old certificate is still served, until it is not', async () => {
    const { id } = await verified();
    lab.rig.setProbe(presents(lab.full(lab.chain.leaf)));
    await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    await lab.activate(lab.renewed);
    await lab.rig.runDue();
    const run = await lab.rig.lastRun(id);
    expect(run).toMatchObject({ state: 'not-served', error: { code: 'DEPLOYMENT_NOT_SERVED' } });
    expect(run.error?.error).toContain('Restart the service on web');
    const web = lab.rig.doubleOf('web');
    expect(web.files.get('/etc/tls/api.pem')?.content.toString()).toBe(lab.full(lab.renewed));
    expect((await lab.rig.deployments.get(id)).state).toBe('not-served');
    const { length } = web.commands;
    lab.rig.setProbe(presents(lab.full(lab.renewed)));
    lab.rig.pass(1);
    await lab.rig.runDue();
    expect(await lab.rig.lastRun(id)).toMatchObject({ state: 'verified', error: null });
    expect(web.commands.length).toBe(length);
  });

  it.each([
    ['refuses connections', async () => refused('192.0.2.1')],
    ['presents the certificate without its intermediate', null],
  ] as const)('rolls back if the service %s afterwards', async (_, probe) => {
    const { id } = await verified();
    lab.rig.setProbe(presents(lab.full(lab.chain.leaf)));
    await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    const web = lab.rig.doubleOf('web');
    web.onReload(() => lab.rig.setProbe(probe ?? presents(lab.renewed.certificate)));
    await lab.activate(lab.renewed);
    await lab.rig.runDue();
    expect(await lab.rig.lastRun(id)).toMatchObject({
      state: 'rolled-back',
      nextAttemptAt: null,
      error: { code: 'DEPLOYMENT_WORSE' },
    });
    expect(web.files.get('/etc/tls/api.pem')?.content.toString()).toBe(lab.full(lab.chain.leaf));
  });

  it('is made after a kill between reload and check, and goes back if the service is worse', async () => {
    const { id } = await verified();
    lab.rig.setProbe(presents(lab.full(lab.chain.leaf)));
    await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    const web = lab.rig.doubleOf('web');
    web.onReload(() => lab.rig.setProbe(() => Promise.reject(new Error('killed here'))));
    await lab.activate(lab.renewed);
    await lab.rig.runDue();
    const { id: runId } = await lab.rig.lastRun(id);
    await lab.rig.stores.deploymentRuns.update(runId, { state: 'running', nextAttemptAt: null });
    lab.rig.setProbe(async () => refused('192.0.2.1'));
    await lab.rig.restart();
    expect(await lab.rig.lastRun(id)).toMatchObject({
      state: 'rolled-back',
      attempts: 1,
      error: { code: 'DEPLOYMENT_WORSE' },
    });
    expect(web.files.get('/etc/tls/api.pem')?.content.toString()).toBe(lab.full(lab.chain.leaf));
  });

  it('does not go back to a revoked certificate', async () => {
    const { id } = await verified();
    lab.rig.setProbe(presents(lab.full(lab.chain.leaf)));
    const old = await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    await lab.rig.write((tx) =>
      tx.certificates.update(old.id, { revokedAt: '2026-06-01T12:00:00Z', revocationReason: 'superseded' }),
    );
    lab.rig.doubleOf('web').onReload(() => lab.rig.setProbe(async () => refused('192.0.2.1')));
    await lab.activate(lab.renewed);
    await lab.rig.runDue();
    expect((await lab.rig.lastRun(id)).state).toBe('not-served');
    expect(lab.rig.doubleOf('web').files.get('/etc/tls/api.pem')?.content.toString()).toBe(
      lab.full(lab.renewed),
    );
  });
});
