// A sample of the kill tests: every scenario with every victim, at points spread over the run. kill-*.exhaustive.ts have all.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Campaign, createCampaign, SCENARIOS, VICTIMS } from '../../../support/deploy/kill-campaign.ts';
import { needsRoot } from '../../../support/deploy/ssh-host.ts';
import { SITE_LIST, sshWorld } from '../../../support/deploy/transport-worlds.ts';
import { describeWith } from '../../../support/tools/tools.ts';

describeWith(['sshd', 'sudo', 'openssl'], 'a deployment that is killed', () => {
  describe.skipIf(needsRoot !== null)(needsRoot === null ? 'as root' : `skipped: ${needsRoot}`, () => {
    let world: Awaited<ReturnType<typeof sshWorld>>;
    let campaign: Campaign;
    beforeAll(async () => {
      world = await sshWorld({ helper: SITE_LIST, killPoints: true }, 'deploy');
      campaign = createCampaign(world);
    });
    afterAll(() => world?.stop());

    it.each(SCENARIOS)('is finished or put back by the next contact if it %s', async (scenario) => {
      const points = await campaign.countPoints(scenario);
      const combination = SCENARIOS.indexOf(scenario);
      for (const [index, victim] of VICTIMS.entries())
        for (const part of [0.31, 0.72]) {
          const shift = ((combination * VICTIMS.length + index) / (SCENARIOS.length * VICTIMS.length)) * 0.4;
          const point = Math.ceil(points * (part + shift - 0.2));
          expect(await campaign.killAt(point, scenario, victim)).toBe(true);
        }
    });
  });
});
