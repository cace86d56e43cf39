// Issuances over a faulty network, with counts, for npm test (short) and npm run soak (long).
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { expect } from 'vitest';
import { ERRORS } from '../../../src/shared/errors.ts';
import { startAcmeGate } from '../acme/gate.ts';
import { startPebble } from '../acme/pebble.ts';
import { startApp } from '../server/app.ts';
import { seeded } from '../year/year.ts';
import { createFaultyNetwork } from './network.ts';

export interface FaultReport {
  readonly issuances: number;
  readonly atOnce: number;
  /** Code of the failure -> how often an issuance ended with it. */
  readonly failures: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly requests: number;
}

/** Each issuance succeeds or fails with an error of the catalogue; one more attempt without faults succeeds. */
export async function issueWithFaults(given: {
  readonly share: number;
  readonly seed: number;
  readonly times: number;
}): Promise<FaultReport> {
  const pebble = await startPebble();
  const gate = await startAcmeGate(pebble);
  const app = await startApp({
    pebble,
    platform: { directories: { production: gate.directoryUrl }, acmeRoots: gate.rootPem },
  });
  const network = createFaultyNetwork(given.share, seeded(given.seed));
  const failures: Record<string, number> = {};
  let atOnce = 0;
  try {
    for (let count = 0; count < given.times; count += 1) {
      const id = await app.project(`fault${count}.example.com`);
      const path = `/projects/${id}/certificate`;
      // Its own account every second time, so that the registration can fail too.
      const owner = count % 2 === 0 ? {} : { email: `admin${count}@example.com` };
      const body = { challengeType: 'http-01', keyType: 'ec', ...owner };
      network.forget();
      gate.keep(network.keeper);
      const answer = await app.call('POST', `${path}/obtain`, { body });
      gate.keep(null);
      const code = String(answer.body.code);
      if (answer.status === 200) atOnce += 1;
      else {
        expect(Object.keys(ERRORS), answer.text).toContain(code);
        expect(code, answer.text).toMatch(/^(ACME_|ISSUED_CERTIFICATE_REJECTED|CHALLENGE_FAILED)/);
        failures[code] = (failures[code] ?? 0) + 1;
        expect((await app.call('GET', path)).text).toBe('null'); // nothing incomplete is stored
        const again = await app.call('POST', `${path}/obtain`, { body });
        expect(again.status, again.text).toBe(200);
      }
      const chain = (await app.call('GET', `${path}/download?format=fullchain`)).text;
      const key = (await app.call('GET', `${path}/download?format=key`)).text;
      expect(new X509Certificate(chain).checkPrivateKey(createPrivateKey(key))).toBe(true);
    }
    expect(network.early, 'requests before their Retry-After').toEqual([]);
    expect(new Set(gate.nonces).size, 'a nonce was used twice').toBe(gate.nonces.length);
    const faults = Object.fromEntries(network.done);
    return { issuances: given.times, atOnce, failures, faults, requests: gate.requests.length };
  } finally {
    await app.stop();
    await gate.stop();
    await pebble.stop();
  }
}
