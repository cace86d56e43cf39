// A service on three addresses is renewed, deployed, broken and repaired in random order, and Certdesk is killed meanwhile.
// What Certdesk shows as issued, deployed and served is compared with what openssl s_client is given.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRoot } from '../../support/daemons/daemon.ts';
import {
  ADDRESSES,
  type Seen,
  type Shown,
  startThreeStateWorld,
  type ThreeStateWorld,
  type Version,
} from '../../support/endpoints/three-state-world.ts';
import { describeWith } from '../../support/tools/tools.ts';
import { seeded } from '../../support/year/year.ts';

const CHAIN_LENGTH = 3;
const STEPS = 16;
/** Printed in the name of the test; another one walks another way. */
const SEED = 19;

describeWith(['nginx', 'sshd', 'openssl'], 'issued, deployed and served', () => {
  describe.skipIf(!isRoot)(isRoot ? 'as root' : 'skipped: needs root', () => {
    let world: ThreeStateWorld;
    beforeAll(async () => {
      world = await startThreeStateWorld();
    }, 120_000);
    afterAll(() => world?.stop());

    it(`never contradict s_client in ${STEPS} random steps (seed ${SEED})`, {
      timeout: 600_000,
    }, async () => {
      const moments = await world.moments();
      const random = seeded(SEED);
      const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
      const past: Version[] = [world.current()];
      const steps: Readonly<Record<string, () => Promise<void>>> = {
        renew: () => world.renew(),
        'renew, killed': () => world.renewKilledAt(pick(moments)),
        async 'renew, without a reload'() {
          world.setReload(false);
          await world.renew();
          world.setReload(true);
        },
        'install an old pair': () => world.install(pick([0, 1, 2]), pick(past)),
        async 'forget an intermediate'() {
          const { chain, privateKey } = world.current();
          const end = chain.lastIndexOf('-----BEGIN');
          await world.install(pick([0, 1, 2]), { chain: chain.slice(0, end), privateKey });
        },
        repair: () => world.repair(),
      };
      const told = new Set<string>();
      for (let step = 0; step < STEPS; step += 1) {
        const name = pick(Object.keys(steps));
        const watching = watch(world, () => name.startsWith('renew'));
        const contradictions = await (steps[name]?.() ?? Promise.resolve())
          .finally(watching.stop)
          .then(watching.end);
        expect(contradictions, `during step ${step}, ${name}`).toEqual([]);
        if (past.at(-1) !== world.current()) past.push(world.current());
        const shown = await compare(world, `after step ${step}, ${name}`);
        told.add(shown.served);
        if (name === 'repair') expect(shown).toMatchObject({ deployed: 'deployed', served: 'current' });
        if (name === 'renew, without a reload') expect(shown.deployed).toBe('not-served');
      }
      // The walk is worth something only if it came to all of them.
      expect([...told].sort()).toEqual(['current', 'old', 'partly', 'problem']);
    });
  });
});

/** Checks the endpoint, and compares. */
async function compare(world: ThreeStateWorld, when: string): Promise<Shown> {
  await world.check();
  const [seen, shown] = [await world.seen(), await world.shown()];
  const { fingerprint } = world.current();
  expect(shown.issued, when).toBe(fingerprint);
  expect({ when, served: shown.served }).toEqual({ when, served: servedBy(seen, fingerprint) });
  expect(shown.endpoint === 'ok', when).toBe(shown.served === 'current');
  return shown;
}

function servedBy(seen: Seen, current: string): string {
  const right = seen.filter(({ fingerprint }) => fingerprint === current).length;
  // An old certificate comes before what else is wrong: its replacement brings a whole chain.
  if (right < ADDRESSES.length) return right === 0 ? 'old' : 'partly';
  return seen.some(({ length }) => length !== CHAIN_LENGTH) ? 'problem' : 'current';
}

/** Looks again and again while a step of Certdesk runs. What it shows as served must be true on every address. */
function watch(world: ThreeStateWorld, isOurs: () => boolean) {
  let ended = false;
  const contradictions: unknown[] = [];
  const watching = (async () => {
    while (!ended && isOurs()) {
      const worker = world.worker();
      const before = await world.seen();
      // Between a kill and the next start nobody shows anything.
      const shown = await world.shown().catch(() => null);
      const after = await world.seen();
      if (shown === null || JSON.stringify(before) !== JSON.stringify(after)) continue;
      // During a reload, one worker may have answered Certdesk, and another one s_client, twice.
      if (worker === null || worker !== world.worker()) continue;
      if (shown.served === 'current' && servedBy(after, shown.issued) !== 'current')
        contradictions.push({ shown, after });
    }
  })();
  watching.catch(() => undefined); // until `end`
  return {
    stop: () => {
      ended = true;
    },
    async end(): Promise<readonly unknown[]> {
      await watching;
      return contradictions;
    },
  };
}
