// Certdesk is killed in the middle of a renewal that nginx receives over SSH, and the host reboots: a sample. All moments
// are in killed.exhaustive.ts.
import { afterAll, beforeAll, describe, it } from 'vitest';
import { OUTCOMES, type RecipeKillWorld, startRecipeKillWorld } from '../../../support/deploy/recipe-kill.ts';
import { needsRoot } from '../../../support/deploy/ssh-host.ts';
import { describeWith } from '../../../support/tools/tools.ts';

/** Of the moments of a run, in parts of a thousand: every outcome has early, middle and late ones. */
const PLACES = [150, 450, 700, 950];

describeWith(['nginx', 'sshd', 'busybox', 'openssl'], 'after a SIGKILL, nginx serves one pair', () => {
  describe.skipIf(needsRoot !== null)(needsRoot === null ? 'as root' : `skipped: ${needsRoot}`, () => {
    let world: RecipeKillWorld;
    beforeAll(async () => {
      world = await startRecipeKillWorld();
    }, 120_000);
    afterAll(() => world?.stop());

    it.each(PLACES.map((place, at) => [place, OUTCOMES[at % OUTCOMES.length] ?? 'succeeds'] as const))(
      'of Certdesk after %s ‰ of the steps of a run that %s',
      async (place, outcome) => {
        const moments = await world.moments(outcome);
        const moment = moments[Math.floor((moments.length * place) / 1000)];
        if (moment === undefined) throw new Error('the run has no moments');
        await world.killAt(moment, outcome);
      },
    );
    it('of Certdesk while the host reloads', () => world.killInReload());
    it('of all processes of the host in the reload', () => world.reboot(false));
    it('of all processes of the host and of Certdesk', () => world.reboot(true));
  });
});
