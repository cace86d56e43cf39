// Certificates with lifetimes of 300 and 60 seconds, from a real Pebble, renewed by the renewal check in real time:
// none of them ever expires, and none is ordered repeatedly.
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startPebble } from '../support/acme/pebble.ts';
import { startApp } from '../support/server/app.ts';
import { reportSoak, soakTimes } from '../support/tools/soak.ts';
import { describeWith } from '../support/tools/tools.ts';

const PROJECTS = 20;

describeWith('pebble', 'certificates with a lifetime', () => {
  it.concurrent.each([
    [300, 900],
    [60, 300],
  ])('of %d s are renewed in time', { timeout: 3_600_000 }, async (validitySeconds, forSeconds) => {
    const pebble = await startPebble({ validitySeconds });
    const app = await startApp({ pebble });
    try {
      const ids = await Promise.all(
        Array.from({ length: PROJECTS }, (_, n) => app.project(`short${n}.example.com`)),
      );
      const body = { challengeType: 'http-01', keyType: 'ec' };
      for (const id of ids)
        expect((await app.call('POST', `/projects/${id}/certificate/obtain`, { body })).status).toBe(200);
      const began = Date.now();
      const until = began + soakTimes(forSeconds) * 1_000;
      let least = Number.POSITIVE_INFINITY;
      while (Date.now() < until) {
        for (const id of ids) {
          const { expiresAt } = (await app.call('GET', `/projects/${id}/certificate`)).body;
          least = Math.min(least, (Date.parse(String(expiresAt)) - Date.now()) / 1_000);
        }
        await pause(500);
      }
      const seconds = (Date.now() - began) / 1_000;
      const issued = [...pebble.log().matchAll(/Issued certificate serial/g)].length - PROJECTS;
      const orders = [...pebble.log().matchAll(/Added order "/g)].length - PROJECTS;
      reportSoak(
        `short lifetimes, ${validitySeconds} s: ${PROJECTS} certificates for ${Math.round(seconds)} s, ` +
          `${issued} renewals, ${orders} orders, ${least.toFixed(1)} s left at the least`,
      );
      expect(least).toBeGreaterThan(0);
      expect(orders).toBe(issued);
      // A third of a lifetime apart, the first one when the CA suggests; half of it at most.
      expect(issued).toBeLessThanOrEqual(PROJECTS * (1 + Math.ceil((3 * seconds) / validitySeconds)));
      expect(issued).toBeGreaterThanOrEqual(PROJECTS * Math.floor(seconds / validitySeconds));
    } finally {
      await app.stop();
      await pebble.stop();
    }
  });
});
