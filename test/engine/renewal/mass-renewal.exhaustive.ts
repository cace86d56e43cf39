// Hundreds of certificates that are due at the same moment, at a CA with Let's Encrypt's limits and without ARI: the
// real engine, a model of the CA, a test clock. None is late, no limit is exceeded, ten run at a time.
import { expect, it } from 'vitest';
import { ObtainRequestSchema } from '../../../src/shared/certificate.ts';
import { createModelCa } from '../../support/year/model-ca.ts';
import { createWorld } from '../../support/year/world.ts';
import { seeded } from '../../support/year/year.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MANY = 310; // more than 300 orders in 3 hours, against which renewals of the same names do not count

it('renews all at once: orders for the same names do not count against the limit of 300 in 3 hours', {
  timeout: 600_000,
}, async () => {
  const begin = Date.parse('2026-09-01T00:00:00Z');
  const world = await createWorld({
    begin,
    random: seeded(3),
    stepMs: HOUR,
    cas: (machine) => [
      createModelCa({
        directoryUrl: 'https://acme-v02.api.letsencrypt.org/directory',
        now: () => machine.now,
        serve: (_name, token) => machine.served(token),
        limits: true,
        ari: false,
        crlUrl: null,
        profiles: new Map([['classic', 90 * DAY]]),
        reuseMs: 0,
        retryAfterMs: DAY,
      }),
    ],
    crl: () => Buffer.alloc(0),
  });
  const [ca] = world.cas;
  if (ca === undefined) throw new Error('there is no CA');
  for (let n = 0; n < MANY; n += 1) {
    if (n % 50 === 0) await world.runUntil(world.now + HOUR);
    const domain = `h.d${n}.example`;
    const { id } = await world.engine.projects.create({ name: domain, domain, altNames: [] });
    const body = ObtainRequestSchema.parse({ challengeType: 'http-01', keyType: 'ec' });
    await world.engine.issuance.obtain(id, body, { by: null, respondAsync: false, idempotencyKey: null });
  }
  expect(ca.entries).toHaveLength(MANY);

  world.sleepUntil(begin + 75 * DAY); // all are due at wake-up
  const woke = world.now;
  await world.runUntil(woke + DAY);
  const renewed = ca.entries.slice(MANY).map(({ issuedAt }) => issuedAt);
  expect(renewed).toHaveLength(MANY);
  expect(new Set(ca.entries.slice(MANY).map(({ set }) => set)).size).toBe(MANY);
  expect(ca.broken).toEqual([]);
  expect(Math.max(...renewed) - woke).toBeLessThan(3 * HOUR);
  await world.end();
});
