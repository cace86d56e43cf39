// 50 issuances each at a CA that rejects 50 % and 90 % of the valid nonces.
import { expect, it } from 'vitest';
import { startPebble } from '../support/acme/pebble.ts';
import { startApp } from '../support/server/app.ts';
import { reportSoak, soakTimes } from '../support/tools/soak.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith('pebble', 'a CA that rejects valid nonces', () => {
  it.each([50, 90])(
    'issues every certificate although it rejects %d percent',
    { timeout: 1_800_000 },
    async (nonceReject) => {
      const times = soakTimes(50);
      const pebble = await startPebble({ nonceReject });
      const app = await startApp({ pebble });
      let good = 0;
      try {
        for (let n = 0; n < times; n += 1) {
          const id = await app.project(`nonce${n}.example.com`);
          const body = { challengeType: 'http-01', keyType: 'ec' };
          const answer = await app.call('POST', `/projects/${id}/certificate/obtain`, { body });
          expect(answer.status, answer.text).toBe(200);
          good += 1;
        }
      } finally {
        await app.stop();
        await pebble.stop();
      }
      reportSoak(`nonces: ${good} of ${times} issued where ${nonceReject} % are refused`);
    },
  );
});
