// SIGKILL at transitions of issuance, renewal and revocation: each write to the database or the secret store and each
// call to the CA or the DNS provider, before and after. Here a sample of them; all of them, and 200 random moments, in
// npm run soak (test/soak/killed.soak.ts).
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectWhole, killIn, listTransitions } from '../support/kill/campaign.ts';
import type { OperationName } from '../support/kill/operations.ts';
import { type KillWorld, startKillWorld } from '../support/kill/world.ts';
import { describeWith } from '../support/tools/tools.ts';

/** The number of sampled transitions of each, evenly spread over its whole length. */
const SHARE: readonly (readonly [OperationName, number])[] = [
  ['http-01 issuance', 4],
  ['dns-01 issuance', 4],
  ['http-01 renewal', 2],
  ['revocation', 1],
  ['revocation with a replacement', 2],
];

describeWith(['pebble', 'bind9'], 'a server killed anywhere', () => {
  let world: KillWorld;
  beforeAll(async () => {
    world = await startKillWorld();
  });
  afterAll(() => world?.stop());

  it.each(SHARE)('%s, at %d of its transitions', async (name, times) => {
    const all = await listTransitions(world, name);
    const step = all.length / times;
    for (let place = step / 2; place < all.length; place += step) {
      // How often the CA is polled differs from run to run: if a moment does not come, the next one that does is
      // used.
      const from = Math.floor(place);
      let died = false;
      for (const moment of all.slice(from)) {
        ({ died } = await killIn(world, name, { deadly: moment }));
        if (died) break;
      }
      expect({ from: all[from], died }).toEqual({ from: all[from], died: true });
    }
  });

  it('leaves the database intact', () => expectWhole(world));
});
