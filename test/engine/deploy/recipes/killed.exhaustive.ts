// Certdesk is killed before and after each stored step of a renewal that nginx receives over SSH, however it ends.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OUTCOMES, type RecipeKillWorld, startRecipeKillWorld } from '../../../support/deploy/recipe-kill.ts';
import { needsRoot } from '../../../support/deploy/ssh-host.ts';
import { describeWith } from '../../../support/tools/tools.ts';

describeWith(
  ['nginx', 'sshd', 'busybox', 'openssl'],
  'after a SIGKILL at any step, nginx serves one pair',
  () => {
    describe.skipIf(needsRoot !== null)(needsRoot === null ? 'as root' : `skipped: ${needsRoot}`, () => {
      let world: RecipeKillWorld;
      beforeAll(async () => {
        world = await startRecipeKillWorld();
      }, 120_000);
      afterAll(() => world?.stop());

      it.each(OUTCOMES)('of a run that %s', { timeout: 600_000 }, async (outcome) => {
        const moments = await world.moments(outcome);
        let killed = 0;
        for (const moment of moments) {
          const died = await world.killAt(moment, outcome).catch((cause: unknown) => {
            throw new Error(`killed ${moment.name}, time ${moment.nth}: ${String(cause)}`, { cause });
          });
          if (died) killed += 1;
        }
        expect(killed).toBeGreaterThan(10);
      });
    });
  },
);
