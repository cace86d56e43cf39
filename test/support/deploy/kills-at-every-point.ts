// Kills a deployment at every call that changes something on the host: the script, the connection, everything. One file per
// kind of host, so that they run in parallel.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Campaign, createCampaign, SCENARIOS, VICTIMS } from './kill-campaign.ts';
import { needsRoot } from './ssh-host.ts';
import type { sshWorld } from './transport-worlds.ts';

type World = Awaited<ReturnType<typeof sshWorld>>;

/** @param start Starts a host with kill points. */
export function testKillsAtEveryPoint(start: () => Promise<World>): void {
  describe.skipIf(needsRoot !== null)(needsRoot === null ? 'as root' : `skipped: ${needsRoot}`, () => {
    let world: World;
    let campaign: Campaign;
    beforeAll(async () => {
      world = await start();
      campaign = createCampaign(world);
    });
    afterAll(() => world?.stop());

    it.each(SCENARIOS.flatMap((scenario) => VICTIMS.map((victim) => ({ scenario, victim }))))(
      'is finished or put back if it $scenario and the $victim dies at any point',
      async ({ scenario, victim }) => {
        const points = await campaign.countPoints(scenario);
        expect(points).toBeGreaterThan(15); // fewer if the wrappers are not in use
        let killed = 0;
        for (let point = 1; point <= points; point += 1)
          if (await campaign.killAt(point, scenario, victim)) killed += 1;
        expect(killed).toBeGreaterThan(points - 5);
      },
    );
  });
}
