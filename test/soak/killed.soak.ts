// SIGKILL at every transition of each operation, and at 200 random moments, some of them again in the following runs.
// The short form is test/api/killed-anywhere.exhaustive.ts; backups, restores and migrations are in
// test/backup/killed.exhaustive.ts.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Deadly, expectWhole, killIn, listTransitions } from '../support/kill/campaign.ts';
import { OPERATIONS, type OperationName } from '../support/kill/operations.ts';
import { type KillWorld, startKillWorld } from '../support/kill/world.ts';
import { reportSoak, soakSeed, soakTimes } from '../support/tools/soak.ts';
import { describeWith } from '../support/tools/tools.ts';
import { seeded } from '../support/year/year.ts';

const NAMES = Object.keys(OPERATIONS) as OperationName[];

describeWith(['pebble', 'bind9'], 'a killed server', () => {
  let world: KillWorld;
  beforeAll(async () => {
    world = await startKillWorld();
  });
  afterAll(() => world?.stop());

  it.each(NAMES)('recovers at every transition of: %s', async (name) => {
    let [tried, died, orders] = [0, 0, 0];
    for (let round = 0; round < soakTimes(1); round += 1) {
      for (const deadly of await listTransitions(world, name)) {
        const killed = await killIn(world, name, { deadly });
        tried += 1;
        if (killed.died) died += 1;
        if (killed.orders > 1) orders += 1;
      }
    }
    await expectWhole(world);
    reportSoak(
      `killed at every transition of ${name}: ${tried} tried, ${died} died, second orders ${orders}`,
    );
    // Concurrent steps sometimes come in another order: the nth of one may not come at all.
    expect(died).toBeGreaterThan(tried * 0.9);
  });

  it.each([1, 2, 3, 4])('recovers at 50 random moments, part %d of 4', async (part) => {
    const random = seeded(soakSeed(`killed at random, part ${part}`) * 10 + part);
    const moment = (name: OperationName): Deadly => ({
      ms: Math.floor(random() * (name.startsWith('dns') ? 1_800 : 500)),
    });
    let [died, times, orders] = [0, 0, 0];
    const count = soakTimes(50);
    for (let n = 0; n < count; n += 1) {
      const name = NAMES[Math.floor(random() * NAMES.length)] ?? 'revocation';
      const again = random() < 0.3 ? [moment(name)] : [];
      const killed = await killIn(world, name, { deadly: moment(name), again });
      times += 1;
      if (killed.died) died += 1;
      if (killed.orders > 1) orders += 1;
    }
    await expectWhole(world);
    reportSoak(
      `killed at random, part ${part}: ${times} moments, ${died} in the middle, second orders ${orders}`,
    );
  });
});
