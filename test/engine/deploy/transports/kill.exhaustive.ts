// Kills a deployment at every call that changes something on the host: the script, the connection, everything.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Campaign, createCampaign, SCENARIOS, VICTIMS } from '../../../support/deploy/kill-campaign.ts';
import { needsRoot } from '../../../support/deploy/ssh-host.ts';
import { SITE_LIST, sshWorld } from '../../../support/deploy/transport-worlds.ts';
import { describeWith } from '../../../support/tools/tools.ts';

const WORLDS = {
  'root with GNU tools': () => sshWorld({ killPoints: true }),
  'the sudo helper': () => sshWorld({ killPoints: true, helper: SITE_LIST }, 'deploy'),
  'BusyBox only': () => sshWorld({ killPoints: true, tools: 'busybox' }),
};

describeWith(['sshd', 'sudo', 'busybox', 'openssl'], 'a deployment that is killed at any point', () => {
  describe.skipIf(needsRoot !== null)(needsRoot === null ? 'as root' : `skipped: ${needsRoot}`, () => {
    describe.each(Object.entries(WORLDS))('on a host with %s', (_, start) => {
      let world: Awaited<ReturnType<typeof sshWorld>>;
      let campaign: Campaign;
      beforeAll(async () => {
        world = await start();
        campaign = createCampaign(world);
      });
      afterAll(() => world?.stop());

      it.each(SCENARIOS.flatMap((scenario) => VICTIMS.map((victim) => ({ scenario, victim }))))(
        'is finished or put back if it $scenario and the $victim dies',
        async ({ scenario, victim }) => {
          const points = await campaign.countPoints(scenario);
          expect(points).toBeGreaterThan(30);
          let killed = 0;
          for (let point = 1; point <= points; point += 1)
            if (await campaign.killAt(point, scenario, victim)) killed += 1;
          expect(killed).toBeGreaterThan(points - 5);
        },
      );
    });
  });
});
