// Runs that a lost connection or a restart of Certdesk interrupts. The host is in memory.
import { describe, expect, it } from 'vitest';
import { useDeployLab } from '../../support/deploy/deploy-lab.ts';
import { lost } from '../../support/deploy/host-double.ts';

const lab = useDeployLab();

describe('after an interruption', () => {
  it.each(['stat', 'stage', 'swap'] as const)(
    'a connection lost at %s leaves the pair old or new',
    async (step) => {
      const { id } = await lab.deployTo();
      await lab.activate(lab.chain.leaf);
      await lab.rig.runDue();
      const web = lab.rig.doubleOf('web');
      const reloads = () => web.commands.filter((line) => line.endsWith('reload')).length;
      const before = reloads();
      web.breakAt(step, lost(), 'after');
      await lab.activate(lab.renewed);
      await lab.rig.runDue();
      expect(await lab.rig.lastRun(id)).toMatchObject({
        state: 'failed',
        error: { code: 'HOST_CONNECTION_LOST' },
      });
      lab.rig.pass(1);
      await lab.rig.runDue();
      expect((await lab.rig.lastRun(id)).state).toBe('deployed');
      expect(web.files.get('/etc/tls/api.pem')?.content.toString()).toBe(lab.full(lab.renewed));
      expect(reloads()).toBe(before + 1);
    },
  );

  it('a restart of Certdesk resumes the run and reports what the host did', async () => {
    const { id } = await lab.deployTo();
    const web = lab.rig.doubleOf('web');
    await lab.activate(lab.chain.leaf);
    const run = await lab.rig.lastRun(id);
    await lab.rig.runDue();
    // As a kill after the host had finished, and before the result was stored.
    await lab.rig.stores.deploymentRuns.update(run.id, {
      state: 'running',
      unsettled: true,
      finishedAt: null,
    });
    const { length } = web.commands;
    await lab.rig.restart();
    expect(await lab.rig.lastRun(id)).toMatchObject({ state: 'deployed', unsettled: false, attempts: 1 });
    expect(web.commands.length).toBe(length);
    expect(web.calls.at(-1)).toBe('outcome');
  });
});
