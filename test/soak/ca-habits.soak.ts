// What a CA may take its time with, and what it may remember: a validation that comes up to 15 seconds late, three at
// once; and authorizations that are valid already, for which nothing is to be proved again.
import { expect, it } from 'vitest';
import { startApp } from '../support/app.ts';
import { startDnsRig } from '../support/dns-rig.ts';
import { startPebble } from '../support/pebble.ts';
import { soakSays, soakTimes } from '../support/soak.ts';
import { describeWith } from '../support/tools.ts';

describeWith(['pebble', 'bind9'], 'habits of a CA', () => {
  it('a validation of up to 15 s, three at once', { timeout: 600_000 }, async () => {
    // Pebble draws the seconds for each validation (PEBBLE_VA_SLEEPTIME is the most).
    const pebble = await startPebble({ env: { PEBBLE_VA_NOSLEEP: '', PEBBLE_VA_SLEEPTIME: '15' } });
    const app = await startApp({ pebble });
    try {
      const took: number[] = [];
      const rounds = soakTimes(3);
      for (let round = 0; round < rounds; round += 1) {
        const names = [1, 2, 3].map((n) => `slow${round}-${n}.example.com`);
        const id = await app.project(names[0] ?? null, names.slice(1));
        const began = Date.now();
        const requests = pebble.requests().length;
        const body = { challengeType: 'http-01', keyType: 'ec' };
        const answer = await app.call('POST', `/projects/${id}/certificate/obtain`, { body });
        expect(answer.status, answer.text).toBe(200);
        const seconds = (Date.now() - began) / 1_000;
        took.push(seconds);
        const polls = pebble
          .requests()
          .slice(requests)
          .filter((each) => each.includes('/authZ/')).length;
        // Of each of the three: a dozen looks in the first three seconds, then one a second at the most (poll.ts).
        expect(polls, `${polls} looks in ${seconds} s`).toBeLessThanOrEqual(3 * (12 + Math.ceil(seconds)));
      }
      soakSays(
        `slow validation: ${rounds} orders of three names, the slowest took ${Math.max(...took).toFixed(1)} s`,
      );
      expect(Math.max(...took)).toBeGreaterThan(3); // it was slow at all
    } finally {
      await app.stop();
      await pebble.stop();
    }
  });

  it.each([50, 100])(
    '%d percent of authorizations are taken up again',
    { timeout: 600_000 },
    async (percent) => {
      const rig = await startDnsRig([{ name: 'example.com' }], {
        env: { PEBBLE_AUTHZREUSE: String(percent) },
      });
      const { pebble, standIns, requests, dns } = rig;
      const app = await startApp({ pebble, platform: { dns } });
      try {
        await app.call('PATCH', '/settings', { body: { dns: { propagationInterval: 0.2 } } });
        const id = await app.project('again.example.com', ['www.again.example.com']);
        const { requests: calls } = standIns.cloudflare;
        const times = soakTimes(20);
        let [proved, spared] = [0, 0];
        for (let n = 0; n < times; n += 1) {
          const before = { calls: calls.length, log: pebble.log().length };
          const verb = n === 0 ? 'obtain' : 'renew';
          const answer = await app.call('POST', `/projects/${id}/certificate/${verb}`, {
            body: n === 0 ? { ...requests.cloudflare, keyType: 'ec' } : undefined,
          });
          expect(answer.status, answer.text).toBe(200);
          const { jobs } = (await app.call('GET', `/jobs?project=${id}&limit=1`)).body;
          const { steps } = (await app.call('GET', `/jobs/${jobs?.['0']?.id}`)).body;
          const said = Object.values(steps ?? {}).map(({ message }) => String(message));
          // Where all are valid the order is ready as it comes, and no authorization is looked at.
          const [, toProve = '0'] = /2 authorizations, (\d) to prove/.exec(said.join('\n')) ?? [];
          const added = calls.slice(before.calls).filter(({ method }) => method === 'POST').length;
          // One record for each name that is not proved yet, and no word to the provider of any other.
          expect(added, said.join('\n')).toBe(Number(toProve));
          if (toProve === '0') expect(calls.length).toBe(before.calls);
          proved += added;
          spared += 2 - added;
        }
        soakSays(
          `authorizations, ${percent} %: ${times} issuances, ${proved} names proved, ${spared} spared`,
        );
        expect(spared).toBeGreaterThan(0);
      } finally {
        await app.stop();
        await rig.stop();
      }
    },
  );
});
