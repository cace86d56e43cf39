// What follows a run that failed: the next attempt, and what ends or holds back the attempts. The host is in memory.
import { describe, expect, it } from 'vitest';
import { CertdeskError } from '../../../src/main/engine/core/errors.ts';
import { rearmRefused } from '../../../src/main/engine/deploy/refused-keys.ts';
import { FILES, RELOAD, unreachable, useDeployLab } from '../../support/deploy/deploy-lab.ts';
import { lost } from '../../support/deploy/host-double.ts';

const lab = useDeployLab();

describe('a run that failed', () => {
  it('is retried after 1, 5 and 30 minutes, then every 2 hours', async () => {
    const { id } = await lab.deployTo();
    const web = lab.rig.doubleOf('web');
    await lab.activate(lab.chain.leaf);
    for (const minutes of [1, 5, 30, 120, 120]) {
      web.breakAt('connect', unreachable());
      await lab.rig.runDue();
      const { nextAttemptAt, state } = await lab.rig.lastRun(id);
      expect(state).toBe('failed');
      expect(Date.parse(nextAttemptAt ?? '') - lab.rig.clock.now().getTime()).toBe(minutes * 60_000);
      await lab.rig.runDue();
      expect(web.open).toBe(0);
      lab.rig.pass(minutes);
    }
    await lab.rig.runDue();
    expect(await lab.rig.lastRun(id)).toMatchObject({ state: 'deployed', attempts: 6, error: null });
  });

  it('is superseded by a newer version, and cancelled by a removal', async () => {
    const { id } = await lab.deployTo();
    const web = lab.rig.doubleOf('web');
    web.breakAt('connect', unreachable());
    await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    const old = await lab.rig.lastRun(id);
    await lab.activate(lab.renewed);
    expect(await lab.rig.stores.deploymentRuns.get(old.id)).toMatchObject({
      state: 'failed',
      nextAttemptAt: null,
    });
    await lab.rig.certificates.remove('p1');
    expect(await lab.rig.lastRun(id)).toMatchObject({ state: 'cancelled', nextAttemptAt: null });
    await lab.rig.runDue();
    expect(web.files.size).toBe(0);
  });

  it('is not attempted again if a newer version became active while it failed', async () => {
    const { id } = await lab.deployTo();
    const web = lab.rig.doubleOf('web');
    await lab.activate(lab.chain.leaf);
    const old = await lab.rig.lastRun(id);
    web.during('stat', () => lab.activate(lab.renewed));
    web.breakAt('stat', lost());
    await lab.rig.runDue();
    expect(await lab.rig.stores.deploymentRuns.get(old.id)).toMatchObject({
      state: 'failed',
      nextAttemptAt: null,
    });
    expect(await lab.rig.lastRun(id)).toMatchObject({ state: 'deployed', attempts: 1 });
    expect(web.files.get('/etc/tls/api.pem')?.content.toString()).toBe(lab.full(lab.renewed));
  });

  it('is not attempted again after its deployment was paused', async () => {
    const { id } = await lab.deployTo();
    const web = lab.rig.doubleOf('web');
    web.during('connect', () => lab.rig.deployments.pause(id));
    web.breakAt('connect', unreachable());
    await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    expect(await lab.rig.lastRun(id)).toMatchObject({ state: 'failed', nextAttemptAt: null });
    expect((await lab.rig.deployments.get(id)).state).toBe('paused');
    await expect(lab.rig.runs.retry((await lab.rig.lastRun(id)).id)).rejects.toMatchObject({
      code: 'DEPLOYMENT_PAUSED',
    });
    await lab.rig.deployments.resume(id);
    await lab.rig.runDue();
    expect((await lab.rig.lastRun(id)).state).toBe('deployed');
  });

  it('does not stop other hosts when one fails', async () => {
    const [a, b] = [await lab.rig.host('a'), await lab.rig.host('b')];
    const { id } = await lab.rig.deploy('p1', { hosts: { ids: [a.id, b.id] }, files: FILES, steps: RELOAD });
    lab.rig.doubleOf('a').breakAt('connect', unreachable());
    await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    const { targets, state } = await lab.rig.deployments.get(id);
    expect(targets.map((target) => [target.host.name, target.state])).toEqual([
      ['a', 'failed'],
      ['b', 'deployed'],
    ]);
    expect(state).toBe('failed');
  });

  it('stops at a changed host key until a person accepts the new one', async () => {
    const { id, targets } = await lab.deployTo();
    const hostId = targets[0]?.host.id ?? '';
    const key = { type: 'ssh-ed25519', sha256: 'n'.repeat(43) };
    const details = { host: 'web', ...key, accepted: [{ type: 'ssh-ed25519', sha256: 'o'.repeat(43) }] };
    lab.rig.doubleOf('web').breakAt('connect', new CertdeskError('HOST_KEY_REFUSED', 'Another key', details));
    await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    expect(await lab.rig.lastRun(id)).toMatchObject({ state: 'failed', nextAttemptAt: null });
    expect((await lab.rig.hosts.get(hostId)).changedKey).toEqual(key);
    expect(lab.rig.events).toContain('host.key-changed');
    lab.rig.pass(600);
    await lab.rig.runDue();
    expect((await lab.rig.lastRun(id)).attempts).toBe(1);
    await lab.rig.stores.hosts.update(hostId, { changedKey: null });
    await lab.rig.write((tx) => rearmRefused(tx, hostId, '2026-06-01T22:00:00Z'));
    await lab.rig.runDue();
    expect((await lab.rig.lastRun(id)).state).toBe('deployed');
  });
});
